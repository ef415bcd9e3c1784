"""Population exchange hub (人口信息交换枢纽): knows no external system and no message type by name."""

__version__ = "0.1.0"
