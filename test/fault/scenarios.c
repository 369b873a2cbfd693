/*
** What is run while something fails: see fault.h.
*/
#include "fault.h"

#define SETTINGS(...) \
  (const char *const[]) { __VA_ARGS__, NULL }

#define JOBS "SELECT id, createdAt, tag, status, override, domainName FROM swr_sync_job "
#define ONE "WHERE image = 'group/app1' "
#define ALL "image IN ('group/app1', 'group/app2', 'group/app3') "

/* Pages of three, so that the five jobs of a repository take two requests and more. */
const struct scenario scenarios[] = {
    {.name = "load", .sql = "SELECT swr_version() <> ''", .fresh = true},
    {.name = "connect", .sql = JOBS ONE, .conduct = {.closing = true}, .fresh = true},
    {.name = "oldest-first", .sql = JOBS ONE "ORDER BY createdAt"},
    {.name = "newest-first", .sql = JOBS ONE "ORDER BY createdAt DESC"},
    {.name = "bounds",
     .sql = JOBS ONE
     "AND createdAt BETWEEN '2026-01-01T00:02' AND '2026-01-01T00:04' ORDER BY createdAt"},
    {.name = "count", .sql = "SELECT count(*) FROM swr_sync_job " ONE},
    {.name = "merge", .sql = JOBS "WHERE " ALL "ORDER BY createdAt DESC"},
    {.name = "list", .sql = JOBS "WHERE " ALL},
    {.name = "announced",
     .sql = "SELECT i.column1, j.id FROM (VALUES ('group/app1'), ('group/app2')) AS i LEFT JOIN "
            "swr_sync_job j ON j.image = i.column1 AND j." ALL "ORDER BY 1, 2"},
    {.name = "discovery", .sql = JOBS "WHERE namespace = 'group' ORDER BY createdAt, id"},
    {.name = "discovery-by-pattern",
     .sql = "SELECT count(*), sum(id), max(tag) FROM swr_sync_job WHERE image LIKE 'group/%'"},
    {.name = "access-key",
     .sql = JOBS ONE,
     .settings = SETTINGS("HW_AUTH_TOKEN-", "HW_ACCESS_KEY=an-access-key-0123",
                          "HW_SECRET_KEY=a-secret-key-456"),
     .fresh = true},
    {.name = "login",
     .sql = JOBS ONE,
     .settings = SETTINGS("HW_AUTH_TOKEN-", "HW_USER_NAME=ann",
                          "HW_USER_PASSWORD=a-pass-word-\"that\"-is-much-longer-than-32-bytes",
                          "HW_DOMAIN_NAME=domain"),
     .fresh = true},
    {.name = "no-login",
     .sql = JOBS ONE,
     .settings = SETTINGS("HW_AUTH_TOKEN-", "HW_USER_NAME=ann", "HW_USER_PASSWORD=a-pass-word",
                          "HW_DOMAIN_NAME=domain", "HW_AUTH_URL=http://127.0.0.1:1"),
     .fresh = true},
    {.name = "token-file",
     .sql = JOBS ONE,
     .settings = SETTINGS("HW_AUTH_TOKEN-", "SWR_TOKEN_FILE=@/token")},
    {.name = "credentials-file", .sql = JOBS ONE, .settings = SETTINGS("HW_AUTH_TOKEN-", "HOME=@")},
    {.name = "proxy",
     .sql = JOBS ONE,
     .settings = SETTINGS("HTTPS_PROXY=http://ann:a-proxy-word@127.0.0.1:9", "NO_PROXY=a.test")},
    /* A handshake allocates some 4,000 times. */
    {.name = "tls",
     .sql = JOBS ONE,
     .settings =
         SETTINGS("SWR_ENDPOINT=" FAULT_TLS, "SWR_CA_FILE=@/authority.pem", "SWR_TIMEOUT=1"),
     .conduct = {.closing = true},
     .fresh = true,
     .tls = true,
     .stride = 7},
    {.name = "not-plain", .sql = "SELECT * FROM swr_sync_job WHERE image = 'group/app3'"},
    {.name = "compressed", .sql = JOBS ONE, .conduct = {.framing = FRAMING_GZIP}},
    {.name = "status-401", .sql = JOBS ONE, .settings = SETTINGS("HW_AUTH_TOKEN=wrong-token")},
    {.name = "status-404", .sql = JOBS "WHERE image = 'group/app9'"},
    {.name = "status-500", .sql = JOBS ONE, .conduct = {.status = 500}},
    {.name = "settings",
     .sql = "SELECT name, value, source FROM swr_setting WHERE name <> 'endpoint'"},
    {.name = "set",
     .sql = "SELECT swr_config('page_size', '4'), swr_config('page_size'), swr_config('page_size', "
            "NULL)"},
    {.name = "sisters",
     .sql = "SELECT name, repo_count FROM swr_namespace UNION ALL SELECT name, num_images FROM "
            "swr_repo UNION ALL SELECT regionID, registryURL FROM swr_sync_region UNION ALL SELECT "
            "domain_id, store_space FROM swr_overview"},
    {.name = "sisters-of-place",
     .sql = "SELECT t.tag, t.manifest, r.remoteRegionId, l.tag, l.rule_type FROM swr_tag t JOIN "
            "swr_sync_rule r USING (region, namespace, repoName) JOIN swr_retention_log l USING "
            "(region, namespace, repoName) WHERE t.image = 'group/app3'"},
    {.name = "requests",
     .sql = "SELECT count(*), (SELECT count(*) > 0 FROM swr_request WHERE status = 200) FROM "
            "swr_sync_job " ONE "AND tag <> ''"},
    {.name = "plan", .sql = "EXPLAIN QUERY PLAN " JOBS "WHERE " ALL "ORDER BY createdAt LIMIT 2"},
    {.name = "image-functions",
     .sql = "SELECT swr_image_name(i), swr_image_tag(i), swr_image_digest(i), swr_image_region(i) "
            "FROM (SELECT 'docker://swr.cn-north-4.myhuaweicloud.com/a/b:1.2@sha256:00ff' AS i)"},
    {.name = "debug", .sql = "SELECT swr_debug() <> ''"},
    {.name = "unknown-setting", .sql = "SELECT swr_config('no_such')"},
    {.name = "secret-settings",
     .sql = "SELECT swr_config('access_key'), swr_config('token'), swr_config('user_password')",
     .settings = SETTINGS("HW_AUTH_TOKEN-", "HOME=@")},
    {.name = "local-tables",
     .sql = "SELECT (SELECT count(*) FROM swr_request), (SELECT count(*) FROM swr_setting WHERE "
            "name = 'token')",
     .fresh = true},
    {.name = "created",
     .sql = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.jobs USING swr_sync_job",
     .fresh = true},
    {.name = "created-wrong", .sql = "CREATE VIRTUAL TABLE temp.jobs USING swr_sync_job(nonsense)"},
    {.name = "created-wrong-region",
     .sql = "CREATE VIRTUAL TABLE temp.jobs USING swr_sync_job(region='Not Good')"},
    {.name = "created-own",
     .sql = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.own USING swr_sync_job(region='cn-north-4', "
            "profile='it''s')",
     .fresh = true},
    {.name = "two-regions",
     .sql = JOBS "WHERE region IN ('cn-north-4', 'cn-north-1') AND image = 'group/app1'"},
    {.name = "ties-of-one", .sql = JOBS ONE "ORDER BY createdAt, status, id"},
    {.name = "no-times",
     .sql = JOBS ONE "AND updatedAt > 12.5 AND updatedAt < 'the day after tomorrow'"},
    {.name = "images", .sql = "SELECT image, namespace, name FROM swr_repo ORDER BY image"},
    {.name = "ties", .sql = JOBS "WHERE " ALL "ORDER BY createdAt, status, id"},
    {.name = "utf16",
     .sql = JOBS "WHERE image IN ('group/app1', CAST(x'67726f75702f61707032' AS TEXT)) AND "
                 "createdAt > '2026-01-01T00:01' AND status <> 'x'",
     .utf16 = true},
    {.name = "utf16-parts",
     .sql = "SELECT id FROM swr_sync_job WHERE namespace = 'group' AND repoName = 'app1' AND "
            "region = 'cn-north-4'",
     .utf16 = true},
    {.name = "utf16-pattern",
     .sql = "SELECT count(*), max(tag) FROM swr_sync_job WHERE namespace = 'group' AND image LIKE "
            "'group/a%' AND createdAt BETWEEN '2026-01-01' AND '2027-01-01'",
     .utf16 = true},
    {.name = "utf16-no-time",
     .sql = JOBS ONE "AND createdAt > 'the day before yesterday'",
     .utf16 = true},
    {.name = "utf16-no-number", .sql = JOBS ONE "AND createdAt > 12.5", .utf16 = true},
    {.name = "real-name",
     .sql = "SELECT id FROM swr_sync_job WHERE namespace = 'group' AND repoName = 12.0"},
    {.name = "number",
     .sql = "SELECT repoName, count(*) FROM swr_sync_job WHERE namespace = 'group' AND repoName = "
            "CAST('7' AS INTEGER) GROUP BY repoName"},
    {.name = "number-list",
     .sql = JOBS "WHERE namespace = 'group' AND repoName IN "
                 "(SELECT CAST('7' AS INTEGER) UNION ALL SELECT 'app1')"},
    {.name = "utf16-number-row",
     .sql = "SELECT id FROM swr_sync_job WHERE (namespace, repoName) IN "
            "(SELECT 'group', CAST('7' AS INTEGER))",
     .utf16 = true},
    {.name = "utf16-image",
     .sql = "SELECT swr_image_name('a/b:c'), swr_config('page_size', '4'), swr_config('page_size')",
     .utf16 = true},
};
const int scenario_count = (int)(sizeof scenarios / sizeof *scenarios);
