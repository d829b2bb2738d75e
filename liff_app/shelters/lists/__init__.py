"""Reading and writing published lists of shelters, without database or network.

`reader.read_list` is the way in, `exports` the way out; `mapping_files` and `suggest` serve lists
of other shapes. A built-in mapping is a TOML file in `builtin/`.
"""
