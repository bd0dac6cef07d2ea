"""The root of all errors that are shown to users.

ExplainedError
├── SettingUnusable      settings.py: an environment variable has an invalid value
├── FaceUnknown          face_choice.py: a text chooses none of several faces
├── LabelUnknown         visible_label.py: a text describes no label
├── LabelDemanded        visible_label.py: a label is switched off that the settings demand
├── DatabaseUnusable     database/errors.py: a database cannot be opened, read or written
├── StorageError         storage/errors.py: a file in the storage cannot be used
├── Exposed              access/errors.py: everybody could spend the environment's key
├── AccessUnusable       access/errors.py: the access codes or API tokens cannot be read
├── NotAllowed           access/errors.py: an API token does not allow what was asked
├── TooMany              access/errors.py: something was done too often
├── NoRoom               access/errors.py: there is no room for more files
├── MediaError           media/errors.py: a file cannot be used
├── EngineError          engine/errors.py: the local engine cannot make an output
├── SigningFailed        provenance/errors.py: an output cannot be given its Content Credentials
├── WaveSpeedError       wavespeed/errors.py: a request to the API failed
├── HostingUnavailable   hosting/errors.py: the settings, or the folder for a secret, are wrong
├── LinkRefused          hosting/errors.py: a signed link does not open its file
├── RunsError            runs/record/errors.py: a run cannot do what was asked
├── ApiError             api/errors.py: a door for programs cannot answer a request
└── BackendError         backend/errors.py: the local server cannot run
"""

from __future__ import annotations


class ExplainedError(Exception):
    """`what` happened and why, and a `hint` what to do next; one sentence each."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return " ".join(said for said in (self.what, self.hint) if said)
