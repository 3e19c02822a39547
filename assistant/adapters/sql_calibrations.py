"""What was learned about how providers count tokens, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_schema import calibrations
from assistant.values import Calibration


class SqlCalibrations:
    """Implements `ports.Calibrations`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, model: str) -> Calibration | None:
        statement = sa.select(calibrations.c.ratio, calibrations.c.samples).where(calibrations.c.model == model)
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else Calibration(ratio=row.ratio, samples=row.samples)

    async def put(self, model: str, calibration: Calibration) -> None:
        learned = {"ratio": calibration.ratio, "samples": calibration.samples, "updated_at": datetime.now(UTC)}
        insert = self._database.insert(calibrations).values(model=model, **learned)
        statement = insert.on_conflict_do_update(index_elements=[calibrations.c.model], set_=learned)
        async with self._database.write() as connection:
            await connection.execute(statement)
