"""What it means: observation, registration and program in, a verdict with its evidence out.

What enters: records of what was seen, what the registry says, which program it is known to be, what a
policy declares. What leaves: a ``Verdict``: standing, concern, every rule that counted with its weight,
every rule that was outweighed, the sums, and what would settle a doubt.
Rules are data (``rules/*.toml``), each with a written reason and examples that hit and miss; so is what
programs are for (``data/roles``). Pure: no I/O beyond reading its own rules, no clock, no host, no words
for people.
"""

from quietport.judge.compiled import read_rules
from quietport.judge.door_facts import connection_facts, listener_facts, listener_likeness, raw_socket_facts
from quietport.judge.facts import Facts
from quietport.judge.rule import Rule
from quietport.judge.weigh import weigh

__all__ = [
    "Facts",
    "Rule",
    "connection_facts",
    "listener_facts",
    "listener_likeness",
    "raw_socket_facts",
    "read_rules",
    "weigh",
]
