"""Celery: drained by `celery -A bench.peers.celery_peer worker`."""

from celery import Celery

from bench.peers import jobs

app = Celery("peer", broker=jobs.REDIS)
app.conf.update(
    task_default_queue=jobs.NAME,
    task_ignore_result=True,
    task_acks_late=True,  # as the others: a message is gone once its job is done
    broker_connection_retry_on_startup=True,
    worker_redirect_stdouts=False,
)


@app.task(name="job")
def job(name: str, text: str) -> None:
    jobs.do()


put = job.delay
