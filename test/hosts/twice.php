<?php
// How often PHP runs a statement: as prepared, as a query, or as the single row of one.
$db = new SQLite3(':memory:');
$db->enableExceptions(true);
$db->loadExtension('libswr_sync_job.so');
$sql = "SELECT tag FROM swr_sync_job WHERE image = 'group/busybox' ORDER BY createdAt DESC LIMIT 1";
$ways = [
  'prepare' => fn() => $db->prepare($sql)->execute()->fetchArray(),
  'query' => fn() => $db->query($sql)->fetchArray(),
  'querySingle' => fn() => $db->querySingle($sql),
];
$before = 0;
foreach ($ways as $name => $run) {
  $run();
  $asked = $db->querySingle('SELECT count(*) FROM swr_request');
  echo $name, ' ', $asked - $before, "\n";
  $before = $asked;
}
