-- The database of jobs as the code of commit 13a6138 wrote it, with made-up rows.
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
INSERT INTO "deliveries" VALUES(1,'8413b25419d2e14981cea06807c92f05','https://receiver.example/hook','http://127.0.0.1:9',0,0);
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
INSERT INTO "jobs" VALUES(1,'916727aa88fcfe878589c6ca6ceeec72',1795971631764,1795971631808,'completed','http://127.0.0.1:9/uploads/17081b62ca790b7904d19b314c9e186c.mp4','http://127.0.0.1:9/uploads/6b6aaa99408c5cf3d10036c259b3f07c.wav','loop',1,'["00000000000000000000000000000000.mp4"]','[false]',0,'',5.0,20.5,8.0,NULL,0,'{"faces": 1}',1);
INSERT INTO "jobs" VALUES(2,'8413b25419d2e14981cea06807c92f05',1795971631786,1795971631828,'processing','http://127.0.0.1:9/uploads/17081b62ca790b7904d19b314c9e186c.mp4','http://127.0.0.1:9/uploads/6b6aaa99408c5cf3d10036c259b3f07c.wav','loop',1,'[]','[]',0,'',0.0,0.0,0.0,NULL,0,NULL,0);
INSERT INTO "jobs" VALUES(3,'6b389bc8eb0804c2e75f7206fbdbe75b',1795971631792,NULL,'created','http://127.0.0.1:9/uploads/17081b62ca790b7904d19b314c9e186c.mp4','http://127.0.0.1:9/uploads/6b6aaa99408c5cf3d10036c259b3f07c.wav','loop',0,'[]','[]',0,'',0.0,0.0,0.0,NULL,0,NULL,0);
INSERT INTO "jobs" VALUES(4,'e07f38d49b69eadef1f4c6704817b742',1795971631840,NULL,'created','v','a','bounce',0,'[]','[]',0,'',0.0,0.0,0.0,'stuck',1,NULL,0);
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
INSERT INTO "uploads" VALUES('17081b62ca790b7904d19b314c9e186c.mp4','dqZj0SgM6d8Vse0mdZJdfMVR2o3C2uCOfI6eD2xFJ9I','clip.mp4','video/mp4',7,1795971631751);
INSERT INTO "uploads" VALUES('6b6aaa99408c5cf3d10036c259b3f07c.wav','CRRDidVIMYyiu4WDnDebEO0KrDQmzvpnaoHAy286fQU','speech.wav','audio/wav',3,1795971631757);
CREATE INDEX ix_jobs_created_ms ON jobs (created_ms);
CREATE INDEX ix_jobs_status ON jobs (status);
CREATE INDEX ix_uploads_created_ms ON uploads (created_ms);
CREATE INDEX ix_deliveries_job_id ON deliveries (job_id);
COMMIT;
