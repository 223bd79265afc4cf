"""Check an expression before it is saved: it parses, it answers yes or no, and it is quick."""

import time
from collections.abc import Mapping

from moderation.screening.rulebook import engine, language, samples
from moderation.screening.rulebook.context import gather, nested
from moderation.screening.rulebook.engine import EvaluationFailed
from moderation.screening.rulebook.language import Program
from moderation.screening.rulebook.refusal import BadRule

SLOWEST = 0.005  # seconds over the longest comment


def checked(expression: str) -> Program:
    """BadRule says what is wrong and, where it can be said, at which character."""
    program = language.parsed(expression)
    for like, values, score in samples.values():
        wanted = {name: values[name] for name in program.names}
        _check_answer(program, nested(wanted, dict.fromkeys(program.flags, score)), like)
    for known in samples.hostile():
        variables = gather(known, program.names, program.flags)
        if min(_took(program, variables) for _ in range(3)) > SLOWEST:
            raise BadRule("This rule is too slow on long comments. Ask less of the text.")
    return program


def _check_answer(program: Program, variables: Mapping[str, object], like: str) -> None:
    try:
        answer = engine.execute(
            program.parsed, engine.context(variables, language.functions([program]))
        )
    except EvaluationFailed as error:
        raise BadRule(
            f"Where {like}, {error}. Ask for that first, as in comment.words > 0 && …"
        ) from None
    if not isinstance(answer, bool):
        raise BadRule(
            "A rule answers yes or no: compare something, as in comment.links > 3. "
            f"This one gives {_called(answer)}."
        )


def _took(program: Program, variables: Mapping[str, object]) -> float:
    """Seconds of this thread, so that a busy machine makes no rule look slow."""
    over = engine.context(variables, language.functions([program]))
    start = time.thread_time()
    try:
        engine.execute(program.parsed, over)
    except EvaluationFailed as error:
        raise BadRule(f"This rule fails on a very long comment: {error}.") from None
    return time.thread_time() - start


def _called(answer: object) -> str:
    match answer:
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
    return "something else"
