"""What it means: observation, registration and program in, a verdict with its evidence out.

What enters: records of what was seen, what the registry says, which program it is known to be.
What leaves: a ``Verdict``: standing, concern, and every rule that counted with its weight.
Rules are data (``rules/*.toml``), each with a written reason and examples that hit and miss.
Pure: no I/O beyond reading its own rules, no clock, no host, no words for people.
"""

from quietport.judge.facts import Facts, connection_facts, listener_facts
from quietport.judge.rule import Rule, read_rules
from quietport.judge.weigh import weigh

__all__ = ["Facts", "Rule", "connection_facts", "listener_facts", "read_rules", "weigh"]
