"""Command line of the smaller models: what jobs_model.py has."""
from explore import check


def as_worded(rules):
    return {rule: values[0] for rule, values in rules.items()}


def rules_of(scenario, rules, **changed):
    return {**as_worded(rules), **scenario.rules, **changed}


def report(scenario, result):
    print(f"{scenario.name:20} {result.verdict:10} faults {scenario.faults}  {result.states:8} states {result.seconds:4.0f} s  {result.text}  ({scenario.note})", flush=True)


def main(args, doc, model, rules, scenarios, mutants):
    by_name = {scenario.name: scenario for scenario in scenarios}
    if args and args[0] == "rules":
        for rule, values in rules.items():
            print(f"{rule:16} {' | '.join(values)}")
        return 0
    if args and args[0] == "suite":
        failed = total = 0
        if "--quick" in args:
            scenarios = [scenario for scenario in scenarios if scenario.quick is not None]
        for scenario in scenarios:
            if "--quick" in args:
                scenario.faults = min(scenario.faults, scenario.quick)
            result = check(model(scenario, rules_of(scenario, rules)))
            report(scenario, result)
            failed += result.verdict != "holds"
            total += result.states
        print(f"{len(scenarios)} scenarios, {total} states: " + ("all hold" if not failed else f"{failed} not proved"))
        return bool(failed)
    if args and args[0] == "mutants":
        missed = 0
        for rule, value, name, expected in mutants:
            result = check(model(by_name[name], rules_of(by_name[name], rules, **{rule: value})))
            caught = result.verdict == "violated" and result.text.startswith(expected + ":")
            missed += not caught
            print(f"{rule + '=' + value:30} {name:18} {'caught' if caught else 'MISSED':7} {result.text} ({len(result.trace)} steps, {result.states} states)", flush=True)
        print(f"{len(mutants) - missed} of {len(mutants)} caught")
        return bool(missed)
    if not args or args[0] not in by_name:
        print(doc + "\nscenarios: " + ", ".join(by_name))
        return 2
    scenario, changed = by_name[args[0]], {}
    for item in args[1:]:
        rule, _, value = item.partition("=")
        if rule == "faults":
            scenario.faults = int(value)
        elif value in rules.get(rule, ()):
            changed[rule] = value
        else:
            print(f"unknown: {item}; see rules")
            return 2
    result = check(model(scenario, rules_of(scenario, rules, **changed)))
    report(scenario, result)
    for number, label in enumerate(result.trace, 1):
        print(f"  {number:2} {label}")
    return result.verdict != "holds"
