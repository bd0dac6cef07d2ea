-- The database of jobs as the code of commit 235be9a wrote it, with made-up rows.
BEGIN TRANSACTION;
CREATE TABLE deliveries (
	number INTEGER NOT NULL, 
	job_id VARCHAR(32) NOT NULL, 
	url TEXT NOT NULL, 
	base_url TEXT NOT NULL, 
	tries INTEGER NOT NULL, 
	due_ms BIGINT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "deliveries" VALUES(1,'45f96b002aeebc401ef6e9c86e96bbf5','https://receiver.example/hook','http://127.0.0.1:9',0,0);
CREATE TABLE jobs (
	number INTEGER NOT NULL, 
	id VARCHAR(32) NOT NULL, 
	created_ms INTEGER NOT NULL, 
	claimed_ms INTEGER, 
	status VARCHAR(32) NOT NULL, 
	video TEXT NOT NULL, 
	audio TEXT NOT NULL, 
	sync_mode VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	outputs JSON NOT NULL, 
	nsfw JSON NOT NULL, 
	code INTEGER NOT NULL, 
	error TEXT NOT NULL, 
	queue_ms FLOAT NOT NULL, 
	inference_ms FLOAT NOT NULL, 
	execution_ms FLOAT NOT NULL, 
	fault VARCHAR(32), 
	decreed BOOLEAN NOT NULL, 
	found JSON, 
	base64 BOOLEAN, 
	PRIMARY KEY (number), 
	UNIQUE (id)
);
INSERT INTO "jobs" VALUES(1,'f652b44ceccf872a08f83ef0c7e01df3',1795971648029,1795971648072,'completed','http://127.0.0.1:9/uploads/23b6360d9bffc4e4bcbc071e47889673.mp4','http://127.0.0.1:9/uploads/b75451da674dbf54d2aed49e49a48c45.wav','loop',1,'["00000000000000000000000000000000.mp4"]','[false]',0,'',5.0,20.5,20.0,NULL,0,'{"faces": 1}',1);
INSERT INTO "jobs" VALUES(2,'45f96b002aeebc401ef6e9c86e96bbf5',1795971648051,1795971648103,'processing','http://127.0.0.1:9/uploads/23b6360d9bffc4e4bcbc071e47889673.mp4','http://127.0.0.1:9/uploads/b75451da674dbf54d2aed49e49a48c45.wav','loop',1,'[]','[]',0,'',0.0,0.0,0.0,NULL,0,NULL,0);
INSERT INTO "jobs" VALUES(3,'38b1c9668f248ef5c1cb20691be24354',1795971648062,NULL,'created','http://127.0.0.1:9/uploads/23b6360d9bffc4e4bcbc071e47889673.mp4','http://127.0.0.1:9/uploads/b75451da674dbf54d2aed49e49a48c45.wav','loop',0,'[]','[]',0,'',0.0,0.0,0.0,NULL,0,NULL,0);
INSERT INTO "jobs" VALUES(4,'61fd49d030ffdc671de4491cd6f9c8c7',1795971648109,NULL,'created','v','a','bounce',0,'[]','[]',0,'',0.0,0.0,0.0,'stuck',1,NULL,0);
CREATE TABLE uploads (
	name VARCHAR(64) NOT NULL, 
	ticket VARCHAR(64) NOT NULL, 
	filename TEXT NOT NULL, 
	content_type VARCHAR(255) NOT NULL, 
	size INTEGER NOT NULL, 
	created_ms INTEGER NOT NULL, 
	PRIMARY KEY (name), 
	UNIQUE (ticket)
);
INSERT INTO "uploads" VALUES('23b6360d9bffc4e4bcbc071e47889673.mp4','sLZ2BzvefroYWhp-MqM6TpVpd230LZYHxErTC8HJV-E','clip.mp4','video/mp4',7,1795971647993);
INSERT INTO "uploads" VALUES('b75451da674dbf54d2aed49e49a48c45.wav','Vr3EuVdLTA9ksGFpIivUQ2w9bP8FAhWX1iFvmdCV3NI','speech.wav','audio/wav',3,1795971648020);
CREATE INDEX ix_jobs_status ON jobs (status);
CREATE INDEX ix_jobs_created_ms ON jobs (created_ms);
CREATE INDEX ix_uploads_created_ms ON uploads (created_ms);
CREATE INDEX ix_deliveries_job_id ON deliveries (job_id);
COMMIT;
