-- Write a report of the account as one HTML page, with drawings, without scripts.
-- Parameters: :now (the present), :since ('-7 days').
--   sqlite3 -cmd '.load build/swr_sync_job' :memory: '.read sql/report.sql' > report.html
-- Every text of the service passes `cell` or `target`, where it is escaped.
WITH RECURSIVE param AS (
  SELECT datetime(coalesce(:now, 'now')) AS now,
         datetime(coalesce(:now, 'now'), coalesce(:since, '-7 days')) AS since),
job AS MATERIALIZED (
  SELECT region, image, tag, remoteRegionId, remoteNamespace, createdAt, id,
         round((julianday(updatedAt) - julianday(createdAt)) * 86400) AS seconds, status,
         CASE WHEN status IN ('success', 'existed') THEN 'good'
              WHEN status IN ('failed', 'timeout', 'cancel') THEN 'bad' ELSE 'open' END AS outcome
    FROM swr_sync_job
   WHERE createdAt >= (SELECT since FROM param)),
rule AS MATERIALIZED (
  SELECT DISTINCT region, image, remoteRegionId, remoteNamespace, createdAt FROM swr_sync_rule),
repo AS MATERIALIZED (
  SELECT DISTINCT region, image, updated_at FROM swr_repo),

-- What the page shows.
ended AS (
  SELECT *,
         row_number() OVER (PARTITION BY region, image, tag, remoteRegionId, remoteNamespace
                            ORDER BY createdAt DESC, id DESC) AS nth,
         sum(outcome = 'bad')
           OVER (PARTITION BY region, image, tag, remoteRegionId, remoteNamespace) AS failures
    FROM job
   WHERE outcome <> 'open'),
failure AS MATERIALIZED (
  SELECT *, row_number() OVER (ORDER BY createdAt DESC, id DESC) AS line
    FROM ended
   WHERE nth = 1 AND outcome = 'bad'),
idle AS MATERIALIZED (
  SELECT rule.*, updated_at,
         row_number() OVER (ORDER BY updated_at DESC, image, remoteRegionId, remoteNamespace)
           AS line
    FROM rule JOIN repo USING (region, image)
   WHERE updated_at >= (SELECT since FROM param)
     AND NOT EXISTS (SELECT 1 FROM job
                      WHERE job.region = rule.region AND job.image = rule.image
                        AND job.remoteRegionId = rule.remoteRegionId
                        AND job.remoteNamespace = rule.remoteNamespace AND outcome = 'good')),
ranked AS (
  SELECT seconds, cume_dist() OVER (ORDER BY seconds) AS share FROM job WHERE status = 'success'),
total AS MATERIALIZED (
  SELECT count(*) AS jobs, coalesce(sum(outcome = 'good'), 0) AS good,
         coalesce(sum(outcome = 'bad'), 0) AS bad, coalesce(sum(outcome = 'open'), 0) AS open,
         (SELECT min(seconds) FROM ranked WHERE share >= 0.95) AS p95,
         count(DISTINCT image) AS images
    FROM job),

-- Tables, as texts.
cell(part, line, number, class, text) AS (
  SELECT 'failure', line, 1, 'name', image FROM failure WHERE line <= 25 UNION ALL
  SELECT 'failure', line, 2, '', tag FROM failure WHERE line <= 25 UNION ALL
  SELECT 'failure', line, 3, '', remoteRegionId || coalesce(' / ' || remoteNamespace, '')
    FROM failure WHERE line <= 25 UNION ALL
  SELECT 'failure', line, 4, 'status', status FROM failure WHERE line <= 25 UNION ALL
  SELECT 'failure', line, 5, 'time', substr(replace(createdAt, 'T', ' '), 1, 16)
    FROM failure WHERE line <= 25 UNION ALL
  SELECT 'failure', line, 6, 'number', failures FROM failure WHERE line <= 25 UNION ALL
  SELECT 'idle', line, 1, 'name', image FROM idle WHERE line <= 25 UNION ALL
  SELECT 'idle', line, 2, '', remoteRegionId || coalesce(' / ' || remoteNamespace, '')
    FROM idle WHERE line <= 25 UNION ALL
  SELECT 'idle', line, 3, 'time', substr(replace(updated_at, 'T', ' '), 1, 16)
    FROM idle WHERE line <= 25 UNION ALL
  SELECT 'idle', line, 4, 'time', substr(createdAt, 1, 10) FROM idle WHERE line <= 25),
line AS (
  SELECT part, line,
         '<tr>' || group_concat('<td class="' || class || '">' ||
           replace(replace(replace(replace(coalesce(text, ''),
             '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;') || '</td>', '') ||
         '</tr>' AS html
    FROM (SELECT * FROM cell ORDER BY part, line, number)
   GROUP BY part, line),
tables AS MATERIALIZED (
  SELECT part, group_concat(html, char(10)) AS html
    FROM (SELECT * FROM line ORDER BY part, line)
   GROUP BY part),

-- The timeline: the period in 42 parts, of four hours in a week.
slot(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM slot WHERE number < 41),
span AS (
  SELECT julianday(since) AS start, (julianday(now) - julianday(since)) / 42 AS width FROM param),
slots AS MATERIALIZED (
  SELECT min(41, CAST((julianday(createdAt) - start) / width AS INTEGER)) AS number,
         sum(outcome = 'good') AS good, sum(outcome = 'bad') AS bad, sum(outcome = 'open') AS open
    FROM job, span
   GROUP BY 1),
scale AS (SELECT 170.0 / max(1, coalesce(max(good + bad + open), 0)) AS y FROM slots),
bar AS (
  SELECT slot.number, 40 + slot.number * 22 AS x, start + slot.number * width AS day,
         coalesce(good, 0) AS good, coalesce(bad, 0) AS bad, coalesce(open, 0) AS open, y
    FROM slot LEFT JOIN slots USING (number), span, scale),
timeline AS (
  SELECT group_concat(
           printf('<g><title>%s UTC: %d went well, %d failed, %d not ended</title>' ||
                  '<rect x="%d" y="10" width="22" height="170" fill="transparent"/>',
                  strftime('%Y-%m-%d %H:%M', day), good, bad, open, x - 2) ||
           printf('<rect class="good" x="%d" y="%.1f" width="18" height="%.1f"/>',
                  x, 180 - good * y, good * y) ||
           printf('<rect class="open" x="%d" y="%.1f" width="18" height="%.1f"/>',
                  x, 180 - (good + open) * y, open * y) ||
           printf('<rect class="bad" x="%d" y="%.1f" width="18" height="%.1f"/></g>',
                  x, 180 - (good + open + bad) * y, bad * y) ||
           CASE WHEN number % 6 = 0
                THEN printf('<text x="%d" y="198">%s</text>', x, strftime('%m-%d %H:%M', day))
                ELSE '' END, char(10)) AS html
    FROM bar),

-- Failures by target and hour of the day.
target AS MATERIALIZED (
  SELECT remoteRegionId, row_number() OVER (ORDER BY count(*) DESC, remoteRegionId) - 1 AS row,
         count(*) AS failed,
         replace(replace(replace(replace(coalesce(remoteRegionId, ''),
           '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;') AS label
    FROM job
   WHERE outcome = 'bad'
   GROUP BY remoteRegionId),
hour(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM hour WHERE number < 23),
fails AS MATERIALIZED (
  SELECT remoteRegionId, CAST(strftime('%H', createdAt) AS INTEGER) AS number, count(*) AS failed
    FROM job
   WHERE outcome = 'bad'
   GROUP BY 1, 2),
heat AS (
  SELECT group_concat(
           printf('<rect class="cell" x="%d" y="%d" width="32" height="26"/>',
                  124 + hour.number * 34, 24 + row * 28) ||
           CASE WHEN fails.failed IS NULL THEN ''
                ELSE printf('<rect class="bad" x="%d" y="%d" width="32" height="26" ' ||
                            'fill-opacity="%.2f"><title>%s, %02d:00 UTC: %d failed</title>' ||
                            '</rect>' ||
                            '<text class="count" x="%d" y="%d">%d</text>',
                            124 + hour.number * 34, 24 + row * 28,
                            0.2 + 0.6 * fails.failed / (SELECT max(failed) FROM fails),
                            label, hour.number, fails.failed,
                            140 + hour.number * 34, 42 + row * 28, fails.failed) END,
           char(10)) AS html
    FROM target, hour LEFT JOIN fails ON fails.remoteRegionId IS target.remoteRegionId
                                     AND fails.number = hour.number),
axis AS (
  SELECT (SELECT group_concat(printf('<text class="count" x="%d" y="16">%02d</text>',
                                     140 + number * 34, number), '') FROM hour) ||
         coalesce((SELECT group_concat(printf('<text class="end" x="114" y="%d">%s</text>' ||
                                     '<text class="end" x="966" y="%d">%d</text>',
                                     42 + row * 28, label, 42 + row * 28, failed), '')
                     FROM target), '') AS html)

SELECT '<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Image replication</title>
<style>
:root { --good: #2f9e6e; --open: #e0a526; --bad: #d1383d; --ink: #1d2733; --soft: #667482;
        --line: #e3e8ed; --page: #f4f6f8; --card: #fff; color-scheme: light dark }
@media (prefers-color-scheme: dark) {
  :root { --good: #3fb886; --open: #e5b448; --bad: #f0666a; --ink: #e6ebf0; --soft: #93a1af;
          --line: #313b46; --page: #14191f; --card: #1c232b } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
       font: 14px/1.45 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif }
main { max-width: 1040px; margin: 0 auto; padding: 24px 20px 40px }
h1 { font-size: 24px; margin: 0 } h2 { font-size: 16px; margin: 0 0 10px }
p { color: var(--soft); margin: 2px 0 18px }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
          padding: 16px 18px; margin-bottom: 16px; overflow-x: auto }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px;
         margin-bottom: 16px }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
        padding: 12px 14px }
.tile b { display: block; font-size: 26px; font-weight: 600; line-height: 1.2;
          font-variant-numeric: tabular-nums }
.tile span { color: var(--soft) } .tile.alert b { color: var(--bad) }
svg { display: block; width: 100%; min-width: 700px; height: auto }
svg text { font-size: 12px; fill: var(--soft) } svg .count { text-anchor: middle }
svg rect + .count { fill: var(--ink) } svg .end { text-anchor: end }
.good { fill: var(--good) } .open { fill: var(--open) } .bad { fill: var(--bad) }
.cell { fill: var(--page) } .grid { stroke: var(--line) }
.key { float: right; font-size: 12px; color: var(--soft) }
.key i { display: inline-block; width: 10px; height: 10px; border-radius: 2px;
         margin: 0 5px 0 14px }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 12px }
th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child td { border-bottom: 0 } td { overflow-wrap: anywhere }
.name { font-weight: 600 } .status { color: var(--bad) }
.time { white-space: nowrap; font-variant-numeric: tabular-nums } .number { text-align: right }
.none, table + p { margin: 8px 0 0 }
</style></head><body><main>
<h1>Image replication</h1>
<p>' || since || ' to ' || now || ' UTC · ' || jobs || ' jobs of ' || images || ' repositories</p>
<div class="tiles">
<div class="tile"><b>' || coalesce(round(100.0 * good / nullif(good + bad, 0), 1) || ' %', '–') ||
'</b><span>went well</span></div>
<div class="tile"><b>' || bad || '</b><span>failed</span></div>
<div class="tile' || iif(failures, ' alert', '') || '"><b>' || failures ||
'</b><span>still open</span></div>
<div class="tile"><b>' || open || '</b><span>not ended</span></div>
<div class="tile' || iif(idles, ' alert', '') || '"><b>' || idles ||
'</b><span>idle rules</span></div>
<div class="tile"><b>' || coalesce(CAST(p95 AS INTEGER) || ' s', '–') ||
'</b><span>95 % are faster</span></div>
</div>
<section><div class="key"><i style="background:var(--good)"></i>went well<i
style="background:var(--open)"></i>not ended<i style="background:var(--bad)"></i>failed</div>
<h2>Timeline</h2>
<svg viewBox="0 0 966 204" role="img" aria-label="Jobs over time, by how they ended">
<line class="grid" x1="36" x2="966" y1="10" y2="10"/>
<line class="grid" x1="36" x2="966" y1="95" y2="95"/>
<line class="grid" x1="36" x2="966" y1="180" y2="180"/>
<text class="end" x="30" y="14">' || CAST(round(170 / y) AS INTEGER) || '</text>
<text class="end" x="30" y="184">0</text>
' || (SELECT html FROM timeline) || '
</svg></section>
<section><h2>Failures by target and hour of the day (UTC)</h2>
' || CASE WHEN bad = 0 THEN '<p class="none">None in this period.</p>'
          ELSE printf('<svg viewBox="0 0 966 %d" role="img" ' ||
                      'aria-label="Failures by target and hour">',
                      30 + 28 * (SELECT count(*) FROM target)) || axis.html ||
               (SELECT html FROM heat) || '</svg>' END || '</section>
<section><h2>Failures still open</h2>
' || CASE failures WHEN 0 THEN '<p class="none">None: each was followed by a success.</p>'
     ELSE '<table><thead><tr><th>Repository</th><th>Tag</th><th>Target</th><th>Status</th>' ||
          '<th>Created</th><th class="number">Failures</th></tr></thead><tbody>
' || (SELECT html FROM tables WHERE part = 'failure') || '</tbody></table>' ||
          iif(failures > 25, '<p>and ' || (failures - 25) || ' more</p>', '') END || '</section>
<section><h2>Rules without success, although their repository was pushed to</h2>
' || CASE idles WHEN 0 THEN '<p class="none">None.</p>'
     ELSE '<table><thead><tr><th>Repository</th><th>Target</th><th>Last push</th>' ||
          '<th>Rule since</th></tr></thead><tbody>
' || (SELECT html FROM tables WHERE part = 'idle') || '</tbody></table>' ||
          iif(idles > 25, '<p>and ' || (idles - 25) || ' more</p>', '') END || '</section>
</main></body></html>' AS html
  FROM param, total, scale, axis, (SELECT count(*) AS failures FROM failure),
       (SELECT count(*) AS idles FROM idle);
