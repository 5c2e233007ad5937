"""Huey: drained by `huey_consumer bench.peers.huey_peer.huey`."""

from huey import RedisHuey

from bench.peers import jobs

huey = RedisHuey(jobs.NAME, url=jobs.REDIS, results=False)


@huey.task(name="job")
def job(name: str, text: str) -> None:
    jobs.do()


put = job
