"""``facediag app``: Voilà serves the page to browsers of this machine alone, and only to those who know the token."""

import ipaddress
import shutil
import webbrowser
from pathlib import Path

from traitlets.config import Config
from voila.app import Voila

from facediag_utils.app import jobs, uploads
from facediag_utils.core.errors import AppError

PAGE = Path(__file__).with_name("page.ipynb")
IDLE = 60  # seconds after which the kernel of a closed page ends; what it had started goes on
#: Browsers are told to ask no other server: Voilà's template would fetch icons from one.
ONLY_HERE = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; connect-src 'self' ws:; frame-ancestors 'self'"
)


class Server(Voila):
    """Voilà with a token of its own, on the loopback only."""

    def init_settings(self) -> dict:
        """Voilà's settings, if nobody else can see the page."""
        made = super().init_settings()
        refusal = ""
        if not _is_loopback(self.ip):
            refusal = f"--Voila.ip={self.ip}: the page is for this machine only; see it from elsewhere by an SSH tunnel"
        elif not self.identity_provider.token:
            refusal = "--token=: the page needs one; leave the option out, and one is drawn"
        if refusal:
            shutil.rmtree(self.connection_dir)
            raise AppError(refusal)
        return made

    def launch_browser(self) -> None:
        """Open the page with its token, which Voilà's own would ask for."""
        webbrowser.open(self.display_url)

    def stop(self) -> None:
        """End the kernels, and what they had started."""
        super().stop()
        jobs.stop_all()


def _is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def serve(arguments: list[str]) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    arguments : list of str
        As Voilà takes them: ``--port=8866 --no-browser``.

    Raises
    ------
    AppError
        If another address than one of this machine is asked for.
    """
    settings = Config()
    settings.Voila.auto_token = True
    settings.Voila.tornado_settings = {
        "websocket_max_message_size": uploads.MOST_BYTES * 3 // 2,
        "allow_remote_access": False,
        "headers": {"Content-Security-Policy": ONLY_HERE},
    }
    settings.VoilaConfiguration.file_allowlist = [r"(?!)"]  # no file of this folder is served
    settings.VoilaConfiguration.show_tracebacks = True  # nobody sees them but who runs it
    settings.MappingKernelManager.cull_idle_timeout = settings.MappingKernelManager.cull_interval = IDLE
    server = Server(config=settings)
    server.initialize([str(PAGE), *arguments])
    server.start()
