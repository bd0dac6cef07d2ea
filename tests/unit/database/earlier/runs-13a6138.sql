-- The database of runs as the code of commit 13a6138 wrote it, with made-up rows.
BEGIN TRANSACTION;
CREATE TABLE charges (
	line VARCHAR(48) NOT NULL, 
	deducted VARCHAR(32), 
	refunded VARCHAR(32), 
	asked_us BIGINT NOT NULL, 
	PRIMARY KEY (line)
);
INSERT INTO "charges" VALUES('dddddddddddddddddddddddddddddddd:1','0.31','0',1795971631484850);
CREATE TABLE groups (
	kind VARCHAR(16) NOT NULL, 
	id VARCHAR(32) NOT NULL, 
	created_us BIGINT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	owner VARCHAR(64), 
	version INTEGER NOT NULL, 
	record JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "groups" VALUES('comparison','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1795858200123456,'done',NULL,1,'{"id": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "kind": "comparison", "created_at": "2026-11-28T09:30:00.123456Z", "updated_at": "2026-11-28T09:30:00.123456Z", "state": "done", "title": "clip, three modes", "backend": "wavespeed", "items": [{"video": "/in/clip.mp4", "audio": "/in/speech.wav", "modes": ["bounce"], "label": "", "run_id": "dddddddddddddddddddddddddddddddd", "trouble": null, "model": "sync/lipsync-1.9.0-beta", "choices": {}}, {"video": "/in/clip.mp4", "audio": "/in/speech.wav", "modes": ["loop"], "label": "", "run_id": null, "trouble": "The limit is reached.", "model": "sync/lipsync-1.9.0-beta", "choices": {}}], "concurrency": 2, "spend_limit": "2.50", "key": "environment", "session": "ssssssssssssssssssssssssssssssss", "trouble": null}');
CREATE TABLE ledger (
	id VARCHAR(48) NOT NULL, 
	run_id VARCHAR(32) NOT NULL, 
	at_us BIGINT NOT NULL, 
	session VARCHAR(32), 
	"key" VARCHAR(16) NOT NULL, 
	mode VARCHAR(16) NOT NULL, 
	amount VARCHAR(32), 
	floor BOOLEAN NOT NULL, 
	currency VARCHAR(8) NOT NULL, 
	balance VARCHAR(32), 
	charged VARCHAR(32), 
	state VARCHAR(16) NOT NULL, 
	ended_us BIGINT, 
	task VARCHAR(128), 
	model VARCHAR(128), 
	PRIMARY KEY (id)
);
INSERT INTO "ledger" VALUES('dddddddddddddddddddddddddddddddd:1','dddddddddddddddddddddddddddddddd',1795971631462514,'ssssssssssssssssssssssssssssssss','environment','bounce','0.30',0,'USD','10',NULL,'spent',1795971631484835,'task-1','sync/lipsync-1.9.0-beta');
INSERT INTO "ledger" VALUES('eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee:1','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee',1795971631505808,'ssssssssssssssssssssssssssssssss','environment','bounce','0.30',0,'USD','10',NULL,'reserved',NULL,NULL,'sync/lipsync-1.9.0-beta');
INSERT INTO "ledger" VALUES('ffffffffffffffffffffffffffffffff:1','ffffffffffffffffffffffffffffffff',1795971631520695,'ssssssssssssssssssssssssssssssss','environment','','0.30',0,'USD','10',NULL,'refund',1795971631536414,'task-3','sync/react-1');
CREATE TABLE limits (
	session VARCHAR(32) NOT NULL, 
	amount VARCHAR(32) NOT NULL, 
	PRIMARY KEY (session)
);
INSERT INTO "limits" VALUES('ssssssssssssssssssssssssssssssss','5');
CREATE TABLE runs (
	backend VARCHAR(16) NOT NULL, 
	id VARCHAR(32) NOT NULL, 
	created_us BIGINT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	owner VARCHAR(64), 
	version INTEGER NOT NULL, 
	record JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES('wavespeed','dddddddddddddddddddddddddddddddd',1795858200123456,'done',NULL,1,'{"id": "dddddddddddddddddddddddddddddddd", "created_at": "2026-11-28T09:30:00.123456Z", "started_at": "2026-11-28T09:30:00.123456Z", "updated_at": "2026-11-28T09:30:00.123456Z", "state": "done", "backend": "wavespeed", "base_url": "https://api.wavespeed.ai", "sync_mode": "bounce", "video_source": "/in/clip.mp4", "audio_source": "/in/speech.wav", "model": "sync/lipsync-1.9.0-beta", "choices": {}, "key": "environment", "needs_key": false, "video": {"name": "clip.mp4", "path": "video/clip.mp4", "size_bytes": 7, "sha256": "0000000000000000000000000000000000000000000000000000000000000000", "seconds": "1001/24000", "width": 192, "height": 128, "fps": "24000/1001", "sent": null}, "audio": {"name": "speech.wav", "path": "audio/speech.wav", "size_bytes": 7, "sha256": "1111111111111111111111111111111111111111111111111111111111111111", "seconds": "1001/24000", "width": null, "height": null, "fps": null, "sent": null}, "warnings": ["small"], "hosting": null, "request": {"video": "https://a/v", "audio": "https://a/a", "sync_mode": "bounce"}, "next_try": null, "submitted_at": "2026-11-28T09:30:01.123456Z", "submits": 1, "prediction_id": "task-1", "prediction": {"id": "task-1", "deep": {"a": [1, null, "\u00fc"]}}, "other_tasks": ["older"], "trouble": null, "timings": {"upload": 0.25}, "has_nsfw_contents": [false], "own_checks": [], "outputs": ["output.mp4"], "expected_seconds": "1/3", "output_seconds": "8/25", "error": null, "group": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "session": "ssssssssssssssssssssssssssssssss", "quote": {"amount": "0.30", "currency": "USD", "floor": false, "at": "2026-11-28T09:30:00.123456Z"}, "charge": null, "review": null, "imported": false}');
INSERT INTO "runs" VALUES('wavespeed','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee',1795858205123456,'waiting','0123456789abcdef:3',1,'{"id": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "created_at": "2026-11-28T09:30:05.123456Z", "started_at": "2026-11-28T09:30:00.123456Z", "updated_at": "2026-11-28T09:30:00.123456Z", "state": "waiting", "backend": "wavespeed", "base_url": "https://api.wavespeed.ai", "sync_mode": "bounce", "video_source": "/in/clip.mp4", "audio_source": "/in/speech.wav", "model": "sync/lipsync-1.9.0-beta", "choices": {}, "key": "environment", "needs_key": false, "video": {"name": "clip.mp4", "path": "video/clip.mp4", "size_bytes": 7, "sha256": "0000000000000000000000000000000000000000000000000000000000000000", "seconds": "1001/24000", "width": 192, "height": 128, "fps": "24000/1001", "sent": null}, "audio": {"name": "speech.wav", "path": "audio/speech.wav", "size_bytes": 7, "sha256": "1111111111111111111111111111111111111111111111111111111111111111", "seconds": "1001/24000", "width": null, "height": null, "fps": null, "sent": null}, "warnings": [], "hosting": null, "request": null, "next_try": null, "submitted_at": null, "submits": 1, "prediction_id": "task-2", "prediction": null, "other_tasks": [], "trouble": null, "timings": {}, "has_nsfw_contents": [], "own_checks": [], "outputs": [], "expected_seconds": null, "output_seconds": null, "error": null, "group": null, "session": "ssssssssssssssssssssssssssssssss", "quote": {"amount": "0.30", "currency": "USD", "floor": false, "at": "2026-11-28T09:30:00.123456Z"}, "charge": null, "review": null, "imported": false}');
INSERT INTO "runs" VALUES('wavespeed','ffffffffffffffffffffffffffffffff',1795858209123456,'failed',NULL,1,'{"id": "ffffffffffffffffffffffffffffffff", "created_at": "2026-11-28T09:30:09.123456Z", "started_at": "2026-11-28T09:30:00.123456Z", "updated_at": "2026-11-28T09:30:00.123456Z", "state": "failed", "backend": "wavespeed", "base_url": "https://api.wavespeed.ai", "sync_mode": null, "video_source": "/in/clip.mp4", "audio_source": "/in/speech.wav", "model": "sync/react-1", "choices": {"emotion": "happy"}, "key": "environment", "needs_key": false, "video": {"name": "clip.mp4", "path": "video/clip.mp4", "size_bytes": 7, "sha256": "0000000000000000000000000000000000000000000000000000000000000000", "seconds": "1001/24000", "width": 192, "height": 128, "fps": "24000/1001", "sent": null}, "audio": {"name": "speech.wav", "path": "audio/speech.wav", "size_bytes": 7, "sha256": "1111111111111111111111111111111111111111111111111111111111111111", "seconds": "1001/24000", "width": null, "height": null, "fps": null, "sent": null}, "warnings": [], "hosting": null, "request": null, "next_try": null, "submitted_at": null, "submits": 1, "prediction_id": "task-3", "prediction": null, "other_tasks": [], "trouble": null, "timings": {}, "has_nsfw_contents": [], "own_checks": [], "outputs": [], "expected_seconds": null, "output_seconds": null, "error": {"what": "what", "hint": "hint", "task_id": "task-3"}, "group": null, "session": "ssssssssssssssssssssssssssssssss", "quote": {"amount": "0.30", "currency": "USD", "floor": false, "at": "2026-11-28T09:30:00.123456Z"}, "charge": null, "review": null, "imported": false}');
CREATE TABLE shares (
	name VARCHAR(43) NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	target VARCHAR(32) NOT NULL, 
	expires_us BIGINT NOT NULL, 
	revoked BOOLEAN NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "shares" VALUES('b5aveLeRPaqLm7nh_SfMOE9--YSVW7Ju','run','dddddddddddddddddddddddddddddddd',2741938200000000,0);
INSERT INTO "shares" VALUES('TcdrMP5C6hjr-CAsCGQnR4EhO-urw7Le','group','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',2741938200000000,0);
INSERT INTO "shares" VALUES('To2XEy3PUZ2pmJov7IREL2WmJyXSqdU8','run','ffffffffffffffffffffffffffffffff',2741938200000000,1);
CREATE INDEX ix_runs_created_us ON runs (created_us);
CREATE INDEX ix_runs_state ON runs (state);
CREATE INDEX ix_groups_created_us ON groups (created_us);
CREATE INDEX ix_groups_state ON groups (state);
CREATE INDEX ix_ledger_state ON ledger (state);
CREATE INDEX ix_ledger_session ON ledger (session);
CREATE INDEX ix_ledger_run_id ON ledger (run_id);
CREATE INDEX ix_ledger_at_us ON ledger (at_us);
CREATE INDEX ix_shares_target ON shares (target);
COMMIT;
