"""Figures from other tools: glTF 2.0 and VRM files, checked, mapped onto our poses, framed like our own and drawn.

* `check.check_avatar(path) -> AvatarReport`: every fault by name, never an exception for a bad file.
* `load.load_avatar(path) -> Avatar`: or InputError with the same faults. Needs no graphics; may take a second.
* `figure.AvatarMaker(avatar)`: a `cast.FigureMaker`.
* `load.load_solid(path)`: a thing without a face, for `hologram.beside`.

A file is read by a schema of ours rather than by pygltflib, whose classes take whatever JSON holds: here a hostile
file must be answered by name. Nothing outside the file's own folder is opened, and limits.py bounds what is held.
"""
