BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE cancellations (
	operation_id VARCHAR NOT NULL, 
	asked_at DATETIME NOT NULL, 
	CONSTRAINT pk_cancellations PRIMARY KEY (operation_id), 
	CONSTRAINT fk_cancellations_operation_id FOREIGN KEY(operation_id) REFERENCES operations (id)
);
INSERT INTO "cancellations" VALUES('op-2','2026-01-02 03:04:05.678901');
CREATE TABLE claims (
	provider VARCHAR NOT NULL, 
	machine_id VARCHAR NOT NULL, 
	token VARCHAR NOT NULL, 
	cluster_id VARCHAR NOT NULL, 
	cluster_name VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	info TEXT NOT NULL, 
	CONSTRAINT pk_claims PRIMARY KEY (provider, machine_id), 
	CONSTRAINT uq_claims_provider_token UNIQUE (provider, token)
);
INSERT INTO "claims" VALUES('ssh','host-1','t-1','c-1','demo','2026-01-02 03:04:05.678901','{"address":"10.0.0.1"}');
CREATE TABLE clusters (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	plugin_name VARCHAR NOT NULL, 
	hadoop_version VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	status_reason TEXT NOT NULL, 
	document TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_clusters PRIMARY KEY (id), 
	CONSTRAINT uq_clusters_name UNIQUE (name)
);
INSERT INTO "clusters" VALUES('c-1','demo','spark','4.3.0','Configuring','','{"anti_affinity":[],"auxiliary_plugins":[],"cluster_configs":{"general":{"x":[1,null]}},"cluster_template_id":null,"created_at":"2026-01-02T03:04:05.678901+00:00","default_image_id":null,"description":"as it was","extra":{},"hadoop_version":"4.3.0","id":"c-1","info":{"Spark":{"Web UI":"http://127.0.0.2:8080"}},"infrastructure":{"provider":"local"},"is_protected":false,"is_transient":false,"name":"demo","neutron_management_network":null,"node_groups":[{"count":1,"extra":{},"flavor_id":null,"floating_ip_pool":null,"id":"","image_id":null,"instances":[{"client_token":"t-demo-master-1","fault":"","fqdn":"","instance_id":"i-demo-master-1","instance_name":"demo-master-1","internal_ip":"127.0.0.2","management_ip":"127.0.0.2","nova_info":{"directory":"/x"},"username":"","volumes":[]}],"min_ready":null,"name":"master","node_configs":{},"node_processes":["master"],"quarantined":[],"use_autoconfig":true,"username":"","volumes_mount_prefix":"/volumes/disk","volumes_per_node":0,"volumes_size":0},{"count":2,"extra":{},"flavor_id":null,"floating_ip_pool":null,"id":"","image_id":null,"instances":[{"client_token":"t-demo-workers-1","fault":"","fqdn":"","instance_id":"i-demo-workers-1","instance_name":"demo-workers-1","internal_ip":"127.0.0.2","management_ip":"127.0.0.2","nova_info":{"directory":"/x"},"username":"","volumes":[]}],"min_ready":1,"name":"workers","node_configs":{"service:Spark":{"Worker memory":1024}},"node_processes":["worker"],"quarantined":[],"use_autoconfig":true,"username":"","volumes_mount_prefix":"/volumes/disk","volumes_per_node":0,"volumes_size":0}],"plugin_name":"spark","project_id":null,"recommendations":[{"name":"Worker cores","node_group":"workers","reason":"half of the cpus","target":"service:Spark","value":2}],"schema_version":1,"status":"Configuring","status_reason":"","updated_at":"2026-01-02T03:04:05.678901+00:00","use_autoconfig":true,"user_keypair_id":null}',2,'2026-01-02 03:04:05.678901','2026-01-02 03:04:05.678901');
CREATE TABLE commits (
	writer VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_commits PRIMARY KEY (writer)
);
INSERT INTO "commits" VALUES('w-1',3,'2026-01-02 03:04:05.678901');
CREATE TABLE events (
	sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	operation_id VARCHAR NOT NULL, 
	cluster_name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	time DATETIME NOT NULL, 
	phase VARCHAR NOT NULL, 
	step TEXT NOT NULL, 
	host VARCHAR NOT NULL, 
	message TEXT NOT NULL, 
	data TEXT NOT NULL
);
INSERT INTO "events" VALUES(1,'op-2','demo','phase.started','2026-01-02 03:04:05.678901','configure','','','Configuring','{"a":[1]}');
CREATE TABLE jobs (
	id VARCHAR NOT NULL, 
	cluster_name VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	document TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	CONSTRAINT pk_jobs PRIMARY KEY (id)
);
INSERT INTO "jobs" VALUES('job-1','demo','PENDING','{"cluster_name":"demo","created_at":"2026-01-02T03:04:05.678901+00:00","engine_job_id":"","extra":{},"finished_at":null,"id":"job-1","info":{},"reason":"","spec":{"args":["10"],"configs":{},"libs":[],"main":"pi.py","params":{},"type":"Spark"},"status":"PENDING"}','2026-01-02 03:04:05.678901',NULL);
CREATE TABLE journal (
	operation_id VARCHAR NOT NULL, 
	sequence INTEGER NOT NULL, 
	phase VARCHAR NOT NULL, 
	attempt INTEGER NOT NULL, 
	outcome VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	detail TEXT NOT NULL, owner VARCHAR DEFAULT '' NOT NULL, token INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_journal PRIMARY KEY (operation_id, sequence), 
	CONSTRAINT fk_journal_operation_id FOREIGN KEY(operation_id) REFERENCES operations (id)
);
INSERT INTO "journal" VALUES('op-1',1,'spawn',1,'started','2026-01-02 03:04:05.678901','{}','',1);
INSERT INTO "journal" VALUES('op-1',2,'spawn',1,'failed','2026-01-02 03:04:05.678901','{"code":"TIMEOUT"}','',1);
INSERT INTO "journal" VALUES('op-2',1,'configure',1,'started','2026-01-02 03:04:05.678901','{"x":1}','',1);
CREATE TABLE leases (
	operation_id VARCHAR NOT NULL, 
	holder VARCHAR NOT NULL, 
	clock VARCHAR NOT NULL, 
	expires DOUBLE NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (operation_id), 
	CONSTRAINT fk_leases_operation_id FOREIGN KEY(operation_id) REFERENCES operations (id)
);
INSERT INTO "leases" VALUES('op-2','host:1:2','boot-1',1000.0);
CREATE TABLE operations (
	id VARCHAR NOT NULL, 
	cluster_id VARCHAR NOT NULL, 
	cluster_name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	phase VARCHAR NOT NULL, 
	request TEXT NOT NULL, 
	state TEXT NOT NULL, 
	error TEXT, 
	owner VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	finished_at DATETIME, attempt INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_operations PRIMARY KEY (id)
);
INSERT INTO "operations" VALUES('op-1','c-1','demo','create','failed','spawn','{"n":1}','{"requests":{"demo-master-1":{"node_group":"master","client_token":"t"}}}','{"code":"TIMEOUT","message":"too late"}','host:1:2','2026-01-02 03:04:05.678901','2026-01-02 03:04:05.678901','2026-01-02 03:04:05.678901',1);
INSERT INTO "operations" VALUES('op-2','c-1','demo','create','running','configure','{"n":1}','{}',NULL,'host:1:2','2026-01-02 03:04:05.678901','2026-01-02 03:04:05.678901',NULL,1);
CREATE INDEX ix_operations_cluster_name ON operations (cluster_name);
CREATE UNIQUE INDEX uq_operations_one_unfinished ON operations (cluster_id) WHERE status IN ('pending', 'running');
CREATE INDEX ix_events_operation_id ON events (operation_id);
CREATE INDEX ix_events_cluster_name ON events (cluster_name);
CREATE INDEX ix_jobs_cluster_name ON jobs (cluster_name);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',1);
COMMIT;
