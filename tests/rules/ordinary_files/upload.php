<?php
declare(strict_types=1);

session_start();
require_once __DIR__ . '/lib/db.php';

const ALLOWED = ['pdf' => 'application/pdf', 'jpg' => 'image/jpeg', 'png' => 'image/png'];

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if (!hash_equals($_SESSION['csrf'] ?? '', $_POST['csrf'] ?? '')) {
        http_response_code(403);
        exit('Phiên làm việc đã hết hạn');
    }
    $file = $_FILES['ho_so'];
    $suffix = strtolower(pathinfo($file['name'], PATHINFO_EXTENSION));
    $kind = (new finfo(FILEINFO_MIME_TYPE))->file($file['tmp_name']);
    if (!isset(ALLOWED[$suffix]) || ALLOWED[$suffix] !== $kind || $file['size'] > 5_000_000) {
        exit('Tệp không hợp lệ');
    }
    $name = bin2hex(random_bytes(16)) . '.' . $suffix;
    move_uploaded_file($file['tmp_name'], '/srv/ho-so/' . $name);
    exec('/usr/bin/clamdscan --no-summary ' . escapeshellarg('/srv/ho-so/' . $name), $lines, $status);
    $db->prepare('INSERT INTO ho_so (ten, tep) VALUES (?, ?)')->execute([$_POST['ho_ten'], $name]);
}
?>
<!doctype html>
<form method="post" enctype="multipart/form-data">
  <input type="hidden" name="csrf" value="<?= htmlspecialchars($_SESSION['csrf']) ?>">
  <input name="ho_ten"> <input type="file" name="ho_so"> <button>Nộp hồ sơ</button>
</form>
