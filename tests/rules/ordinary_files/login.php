<?php
/**
 * Checks `$_POST['mat_khau']` against the stored hash; see also `$_SERVER['REMOTE_ADDR']` in the log.
 * Never use eval(), system() or base64_decode() on what a visitor sends.
 */
session_start();
$user = trim($_POST['ten'] ?? '');
$password = $_POST['mat_khau'] ?? '';
$row = $db->query('SELECT * FROM nguoi_dung WHERE ten = ' . $db->quote($user))->fetch();
if ($row && password_verify($password, $row['hash'])) {
    session_regenerate_id(true);
    $_SESSION['ten'] = $user;
    mail($row['thu'], 'Đăng nhập', 'Có đăng nhập từ ' . $_SERVER['REMOTE_ADDR']);
    header('Location: /trang-chu.php');
    exit;
}
$ids = array_map('intval', $_POST['ids'] ?? []);
$rows = array_filter($rows, fn ($row) => in_array($row['id'], $ids, true));
usort($rows, 'compare_by_date');
$text = preg_replace('/[^\w\s]/u', '', $_POST['tu_khoa'] ?? '');
$image = base64_decode($row['anh']);
$token = openssl_decrypt($row['token'], 'aes-256-cbc', $key, 0, $iv);
include 'layout/login.php';
