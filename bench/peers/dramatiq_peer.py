"""Dramatiq: drained by `dramatiq bench.peers.dramatiq_peer`."""

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from bench.peers import jobs

dramatiq.set_broker(RedisBroker(url=jobs.REDIS, namespace=jobs.NAME))


@dramatiq.actor
def job(name: str, text: str) -> None:
    jobs.do()


put = job.send
