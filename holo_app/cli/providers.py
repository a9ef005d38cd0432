"""`providers`: who hears, answers, speaks and presents; whether their keys work; how quick they are; what they used."""

# ruff: noqa: PLC0415 - `--help` must not load settings, stores or vendors

from __future__ import annotations

import statistics
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holo_app.cli.output import print_json, print_line
from holo_app.cli.session import EXIT_FAILED, EXIT_OK, command

if TYPE_CHECKING:
    from holo_app.bootstrap.provider_checks import ProviderCheck
    from holo_app.bootstrap.vendors.kit import Vendor
    from holo_app.config import Settings
    from holo_app.usage.totals import UseTotal

app = typer.Typer(
    help="Speech, language models and characters from elsewhere.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(
    help="Keys of providers, in the system's own store.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(keys, name="key")

_NAME = typer.Argument(metavar="NAME", help="As in the settings, such as openai.", show_default=False)
NameArgument = Annotated[str, _NAME]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
_MICROS = 1_000_000


def list_providers(settings: Settings, as_json: JsonOption = False) -> None:
    """Show every provider: where it stands in its chain, whether it has a key, and how it did in the running kiosk."""
    from holo_app.bootstrap.provider_overview import overview

    for row in overview(settings):
        if as_json:
            print_json(row.form())
            continue
        place = f"{row.place}." if row.place else "-"
        print_line(f"{row.role:<7}{place:<4}{row.name:<17}{row.key:<14}{row.health:<28}{row.model}".rstrip())


def try_out(settings: Settings, name: NameArgument, as_json: JsonOption = False) -> int:
    """Make one real call in each role that NAME can have, and say what is wrong. It may cost a fraction of a cent."""
    from holo_app.bootstrap.provider_checks import check_provider
    from holo_app.bootstrap.vendors.kit import system_secrets

    secrets = system_secrets()
    works = True
    for vendor in _called(name):
        for outcome in check_provider(settings, secrets, vendor):
            works = works and outcome.works
            _show(outcome, as_json=as_json)
    return EXIT_OK if works else EXIT_FAILED


def bench(
    settings: Settings,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Default: all of the settings' chains.", show_default=False)
    ] = None,
    calls: Annotated[int, typer.Option("--calls", min=1, max=100, help="How many of each.")] = 5,
    as_json: JsonOption = False,
) -> int:
    """Measure from here: first result, whole call and cost, as medians. Each call is real, and is billed."""
    from holo_app.bootstrap.provider_checks import check_provider
    from holo_app.bootstrap.vendors.kit import system_secrets
    from holo_app.bootstrap.vendors.registry import REGISTRY, chain_of

    vendors = (
        _called(name)
        if name
        else [vendors[one] for role, vendors in REGISTRY.items() for one in chain_of(settings, role) if one in vendors]
    )
    if not vendors:
        print_line("no provider is configured: name one, or set providers.llm, providers.stt or providers.tts")
        return EXIT_FAILED
    secrets = system_secrets()
    works = True
    for vendor in vendors:
        outcomes = check_provider(settings, secrets, vendor, calls=calls)
        works = works and all(outcome.works for outcome in outcomes)
        _show_measured(outcomes, as_json=as_json)
    return EXIT_OK if works else EXIT_FAILED


def usage(
    settings: Settings,
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="How far back.")] = 30,
    as_json: JsonOption = False,
    metrics: Annotated[bool, typer.Option("--metrics", help="Counters and health in Prometheus' text format.")] = False,
) -> None:
    """Show what each provider was used for, and what is known of its cost."""
    from holo_app.bootstrap.provider_overview import health_rows, used_since
    from holo_app.ops.providers import provider_metrics

    totals = used_since(settings, days=days)
    if metrics:
        print_line(provider_metrics(totals, health_rows(settings)).rstrip("\n"))
        return
    for total in totals:
        if as_json:
            print_json(_total_form(total))
        else:
            print_line(_total_row(total))


def set_key(
    settings: Settings,  # noqa: ARG001 - every command has them
    name: NameArgument,
) -> None:
    """Keep a key, which is asked for and never shown; or pipe it in."""
    from holo_app.bootstrap.vendors.registry import secret_names
    from holo_app.errors import InputError
    from holo_app.providers.secret_stores.keyring import KeyringSecrets

    if name not in secret_names():
        raise InputError(f"nobody needs a key called {name!r}; there are {', '.join(secret_names())}")
    value = typer.prompt(f"Key of {name}", hide_input=True) if sys.stdin.isatty() else sys.stdin.read()
    if not value.strip():
        raise InputError("the key is empty; nothing was changed")
    KeyringSecrets().put(name, value.strip())
    print_line(f"kept; `holo-app providers test {name}` tells whether it works")


def forget_key(
    settings: Settings,  # noqa: ARG001 - every command has them
    name: NameArgument,
) -> int:
    """Delete a key from the system's store."""
    from holo_app.providers.secret_stores.keyring import KeyringSecrets

    there = KeyringSecrets().forget(name)
    print_line(f"the key of {name} is deleted" if there else f"there is no key of {name} in the system's store")
    return EXIT_OK if there else EXIT_FAILED


def _called(name: str) -> list[Vendor[Any]]:
    from holo_app.bootstrap.vendors.registry import REGISTRY, vendors_called
    from holo_app.errors import InputError

    found = list(vendors_called(name))
    if not found:
        names = sorted({known for vendors in REGISTRY.values() for known in vendors})
        raise InputError(f"there is no provider {name!r}; there are {', '.join(names)}")
    return found


def _show(outcome: ProviderCheck, *, as_json: bool) -> None:
    if as_json:
        print_json(_form(outcome))
        return
    head = f"{outcome.role:<7}{outcome.name} ({outcome.model or 'its own choice'}): "
    if outcome.works:
        print_line(f"{head}works: {outcome.result} [first after {_ms(outcome.first_ms)}, {_cost(outcome)}]")
        return
    print_line(f"{head}{outcome.problem}")
    print_line(f"{'':<7}→ {outcome.advice}")


def _show_measured(outcomes: list[ProviderCheck], *, as_json: bool) -> None:
    good = [outcome for outcome in outcomes if outcome.works]
    if not good:
        _show(outcomes[-1], as_json=as_json)
        return
    firsts = [outcome.first_ms for outcome in good if outcome.first_ms is not None]
    wholes = [outcome.total_ms for outcome in good if outcome.total_ms is not None]
    first = statistics.median(firsts) if firsts else None
    if as_json:
        one = good[-1]
        print_json(
            {
                **_form(one),
                "calls": len(outcomes),
                "failed": len(outcomes) - len(good),
                "first_ms": _rounded(first),
                "slowest_first_ms": _rounded(max(firsts, default=None)),
                "total_ms": _rounded(statistics.median(wholes)),
            }
        )
        return
    one = good[-1]
    print_line(
        f"{one.role:<7}{one.name:<17}first {_ms(first):>8} (slowest {_ms(max(firsts, default=None))}), "
        f"whole {_ms(statistics.median(wholes)):>8}, {len(good)} of {len(outcomes)} calls, {_cost(one)} each"
    )


def _form(outcome: ProviderCheck) -> dict[str, object]:
    return {
        "role": outcome.role.value,
        "provider": outcome.name,
        "model": outcome.model,
        "works": outcome.works,
        "result": outcome.result,
        "first_ms": _rounded(outcome.first_ms),
        "total_ms": _rounded(outcome.total_ms),
        "category": None if outcome.category is None else outcome.category.value,
        "problem": outcome.problem,
        "advice": outcome.advice,
        "units": {unit.value: count for use in outcome.uses for unit, count in use.units.items()},
        "cost_micros": sum(use.cost.micros for use in outcome.uses if use.cost) or None,
    }


def _cost(outcome: ProviderCheck) -> str:
    costs = [use.cost for use in outcome.uses if use.cost is not None]
    units = {unit: count for use in outcome.uses for unit, count in use.units.items()}
    parts = [f"{count:g} {unit.value.replace('_', ' ')}" for unit, count in units.items()]
    parts += [f"{cost.micros / _MICROS:.6f} {cost.currency}" for cost in costs]
    return ", ".join(parts) or "nothing counted"


def _total_form(total: UseTotal) -> dict[str, object]:
    return {
        "role": total.role.value,
        "provider": total.provider,
        "model": total.model,
        "calls": total.calls,
        "measured": total.measured,
        "priced": total.priced,
        "units": {unit.value: round(count, 3) for unit, count in total.units.items()},
        "cost_micros": {cost.currency: cost.micros for cost in total.costs},
    }


def _total_row(total: UseTotal) -> str:
    units = ", ".join(f"{count:,.0f} {unit.value.replace('_', ' ')}" for unit, count in total.units.items())
    costs = ", ".join(f"{cost.micros / _MICROS:.4f} {cost.currency}" for cost in total.costs) or "cost not told"
    told = "measured" if total.measured == total.calls else f"{total.calls - total.measured} estimated"
    return f"{total.role:<7}{total.provider:<17}{total.calls:>6} calls  {units}; {costs} ({told})  {total.model}"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} ms"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


app.command("list")(command(list_providers))
app.command("test")(command(try_out))
app.command("bench")(command(bench))
app.command("usage")(command(usage))
keys.command("set")(command(set_key))
keys.command("forget")(command(forget_key))
