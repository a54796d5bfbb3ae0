"""Redis: the configured one answers and takes a key; our own can be started."""

import tempfile
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from commands.probes.kit import PATIENCE, Finding, Kit, ok, warning, wrong
from jobs.embedded_redis import EmbeddedRedis, NoRedis, short

KEY = "antichambre:check"


async def redis(kit: Kit) -> list[Finding]:
    """Losing it loses nothing, but what is due then leaves a second later."""
    own = kit.settings.embedded_redis_socket
    return [await (_configured(kit) if own is None else _own(kit, own))]


async def _configured(kit: Kit) -> Finding:
    _ = kit.say
    about = _("Redis")
    line = Redis.from_url(
        kit.settings.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    try:
        await line.set(KEY, "1", ex=5)
    except AuthenticationError:
        return wrong(about, _("It refuses our user or password."), _("Check REDIS_URL."))
    except ResponseError:
        told = _("It answers, but takes nothing: it is full, or a replica.")
        remedy = _("Give it more memory (maxmemory), or name the main server in REDIS_URL.")
        return warning(about, told, remedy)
    except (RedisError, OSError) as error:
        told = _("It cannot be reached ({why}).", why=type(error).__name__)
        remedy = _("Start it, or check REDIS_URL. Nothing is lost meanwhile.")
        return wrong(about, told, remedy)
    finally:
        await line.aclose()
    return ok(about, _("It answers."))


async def _own(kit: Kit, socket: Path) -> Finding:
    """The one in use when a process serves; else one is started for a moment, elsewhere."""
    _ = kit.say
    about = _("Redis")
    if await _answers(short(socket)):
        return ok(about, _("Our own runs."))
    with tempfile.TemporaryDirectory(prefix="antichambre-check-") as folder:
        server = EmbeddedRedis(Path(folder) / "redis.sock")
        try:
            await server.start()
        except (NoRedis, OSError) as error:
            told = _("Our own does not start ({why}).", why=type(error).__name__)
            return wrong(about, told, _("Install one, and name it in REDIS_URL."))
        finally:
            await server.stop()
    return ok(about, _("Our own starts with the service."))


async def _answers(socket: Path) -> bool:
    line = Redis(unix_socket_path=str(socket), socket_timeout=PATIENCE)
    try:
        return bool(await line.ping())
    except (RedisError, OSError):
        return False
    finally:
        await line.aclose()
