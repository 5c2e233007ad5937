"""The app of the timer scenarios: one timer, that notes what it is given."""

from __future__ import annotations

SOURCE = """
runs = 0

@app.timer_trigger(arg_name="timer", schedule="%SCHEDULE%")
async def Tick(timer: func.TimerRequest) -> None:
    global runs
    runs += 1
    number = runs
    noted = {"n": number, "pid": os.getpid()}
    note(phase="start", at=time.time(), past_due=timer.past_due, status=timer.schedule_status, **noted)
    await asyncio.sleep(float(os.environ.get("RUN_SECONDS", "0")))
    note(phase="end", at=time.time(), **noted)
    if number <= int(os.environ.get("FAILURES", "0")):
        raise RuntimeError("as ordered")
"""
EVERY_5_SECONDS = "*/5 * * * * *"
EVERY_10_SECONDS = "*/10 * * * * *"
EVERY_MINUTE = "0 * * * * *"
