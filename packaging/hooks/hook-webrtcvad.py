"""Replaces PyInstaller's own hook, which asks for the metadata of the abandoned package `webrtcvad`."""

from PyInstaller.utils.hooks import copy_metadata

datas = copy_metadata("webrtcvad-wheels")
