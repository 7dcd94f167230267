"""What `make mutants` plants: each fault is one, is Python, and is of a kind that people make."""

import ast

import pytest

from benchmarks.mutants import PROJECT, TESTED_BY, Fault, Source, changed_nodes, changed_statements, faults_of


def planted(text: str) -> set[str]:
    source = Source(text)
    found = {*changed_nodes(source), *changed_statements(source)}
    return {Fault("m", *one).in_source(text) for one in found}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a < b", {"(a <= b)"}),
        ("日 and b", {"((b))", "((日))"}),
        ("if not a: pass", {"if bool(a): pass"}),
        ("x.filter(day__gte=d)", {"x.all()", "x.filter(day__gt=d)"}),
        ("def f():\n    require(by)\n", {"def f():\n    pass\n"}),
        ("s = 'SELECT 1 WHERE a <= b'", {"s = 'SELECT 1 WHERE a < b'"}),
        ("s = 'a <= b'", set()),
    ],
)
def test_a_fault_is_one_of_these(text, faults):
    assert faults <= planted(text)
    assert bool(faults) == bool(planted(text))


@pytest.mark.parametrize("module", TESTED_BY)
def test_what_is_planted_is_another_python(module):
    text = (PROJECT / module).read_text()
    faults = faults_of(module)
    assert len(faults) > 20
    for fault in faults:
        assert ast.dump(ast.parse(fault.in_source(text))) != ast.dump(ast.parse(text)), fault.told(text)


def test_the_tests_that_answer_for_a_module_are_there():
    assert [test for tests in TESTED_BY.values() for test in tests if not (PROJECT / test).exists()] == []
