<?php
// Shown to the administrators of the centre only.
require 'auth.php';
need_role('quan-tri');
$host = $_GET['may'] ?? '';
if (!in_array($host, ['web01', 'web02', 'db01'], true)) {
    exit('Không có máy này');
}
echo '<pre>', htmlspecialchars(shell_exec('ping -c 1 ' . escapeshellarg($host))), '</pre>';
echo php_uname(), ini_get('disable_functions'), getcwd(), disk_free_space('/');
