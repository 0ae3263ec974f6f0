"""The command line. Every command says in one line on stderr what is wrong, and exits with 2."""

import sys

import click
import structlog
from click.exceptions import NoArgsIsHelpError
from sqlalchemy.exc import DatabaseError

from classifier.judgement import ModelError
from monitor.cli.context import DeskGroup
from monitor.configuration import ConfigError
from monitor.desk import DeskError
from monitor.store import StoreError, explain_failure
from sources.base import SourceError


@click.group(cls=DeskGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mentiondesk", prog_name="mentiondesk")
def mentiondesk() -> None:
    """A social care desk: collect what people say of your brand, judge it here, answer everyone who needs it."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit; `arguments` None means those of the program."""
    structlog.configure(logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr))  # stdout is for answers
    try:
        status = mentiondesk.main(arguments, standalone_mode=False)
    except NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        status = 2
    except click.ClickException as error:
        status = complain(error.format_message())
    except DatabaseError as error:
        status = complain(explain_failure(error))
    except (ConfigError, StoreError, DeskError, ModelError, SourceError, OSError) as error:
        status = complain(str(error))
    except (click.Abort, KeyboardInterrupt):
        status = 130
    sys.exit(status or 0)


def complain(sentence: str) -> int:
    click.echo(f"mentiondesk: {' '.join(sentence.split())}", err=True)
    return 2
