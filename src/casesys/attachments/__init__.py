"""Attachments: files that belong to cases, checked as they come in, sealed under their subject's key, named by their content."""

from casesys.attachments.files import Attachments, Declared, Upload, open_attachments
from casesys.attachments.refusing import AttachmentRefused, FilesUnavailable
from casesys.attachments.sweeping import sweep

__all__ = [
    "AttachmentRefused",
    "Attachments",
    "Declared",
    "FilesUnavailable",
    "Upload",
    "open_attachments",
    "sweep",
]
