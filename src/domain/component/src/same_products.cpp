// SPDX-License-Identifier: Apache-2.0
#include <component/same_products.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace oakum::component {
namespace {

struct Same {
    std::string_view names; // one product, the usual name first
    std::string_view why;   // what says so
};

// Each name stands in criteria of NVD, in recipes of Buildroot, OpenWrt or Yocto, or is what SBOMs write.
// Namesakes are left out: "a:tar_project:tar" is also the crate and the npm package, "a:gitforwindows:git"
// has faults of its own.
constexpr std::array same{
    Same{"a:haxx:curl a:haxx:libcurl a:curl:curl a:curl:libcurl a:libcurl:libcurl a:daniel_stenberg:curl",
         "curl.se: one release of both; its CVEs are one list"},
    Same{"a:zlib:zlib a:gnu:zlib", "NVD files CVE-2002-0059 and others of zlib 1.1 under gnu"},
    Same{"a:cjson_project:cjson a:davegamble:cjson", "github.com/DaveGamble/cJSON is the only cJSON"},
    Same{"a:uclouvain:openjpeg a:openjpeg:openjpeg", "openjpeg.org is UCLouvain's"},
    Same{"a:gstreamer_project:gstreamer a:gstreamer:gstreamer", "gstreamer.freedesktop.org under both"},
    Same{"a:git-scm:git a:git:git a:git_project:git", "git-scm.com under three"},
    Same{"a:systemd_project:systemd a:freedesktop:systemd a:lennart_poettering:systemd",
         "freedesktop.org was its first home"},
    Same{"a:redis:redis a:redislabs:redis", "Redis Labs became Redis"},
    Same{"a:arm:mbed_tls a:mbed:mbedtls a:mbed-tls:mbedtls a:polarssl:polarssl",
         "PolarSSL was renamed mbed TLS in 2015, versions went on"},
    Same{"a:libgit2:libgit2 a:libgit2_project:libgit2", "libgit2.org under both"},
    Same{"a:json-c:json-c a:json-c_project:json-c", "github.com/json-c/json-c under both"},
    Same{"a:c-ares:c-ares a:c-ares_project:c-ares a:daniel_stenberg:c-ares",
         "c-ares.org, by its first author"},
    Same{"a:eclipse:mosquitto a:mosquitto:mosquitto", "mosquitto.org is Eclipse's"},
    Same{"a:beasts:vsftpd a:vsftpd_project:vsftpd", "vsftpd.beasts.org"},
    Same{"a:sudo_project:sudo a:todd_miller:sudo a:sudo:sudo", "sudo.ws, by its maintainer"},
    Same{"a:php:php a:php_group:php", "php.net is The PHP Group's"},
    Same{"a:isc:bind a:isc:bind9", "isc.org: BIND 9"},
    Same{"a:linux-nfs:nfs-utils a:nfs:nfs-utils", "linux-nfs.org, before that nfs.sourceforge.net"},
    Same{"a:freedesktop:dbus a:d-bus_project:d-bus a:d-bus:d-bus a:freedesktop:libdbus",
         "dbus.freedesktop.org; libdbus is its library"},
    Same{"a:openprinting:cups a:apple:cups a:cups:cups a:easy_software_products:cups",
         "Easy Software Products, then Apple, then OpenPrinting"},
    Same{"a:gnu:ncurses a:ncurses_project:ncurses", "invisible-island.net/ncurses under both"},
    Same{"a:f5:nginx a:nginx:nginx a:f5:nginx_open_source a:igor_sysoev:nginx",
         "nginx.org, by its author, since 2019 F5's"},
    Same{"a:w1.fi:hostapd a:hostapd:hostapd", "w1.fi/hostapd"},
    Same{"a:w1.fi:wpa_supplicant a:wpa_supplicant:wpa_supplicant", "w1.fi/wpa_supplicant"},
    Same{"a:openbsd:openssh a:openssh:openssh", "openssh.com is OpenBSD's"},
    Same{"a:xmlsoft:libxml2 a:libxml2:libxml2 a:gnome:libxml2", "xmlsoft.org, now GNOME's"},
    Same{"a:libexpat_project:libexpat a:libexpat:expat a:james_clark:expat",
         "libexpat.github.io, by its author"},
    Same{"a:denx:u-boot a:u-boot:u-boot", "denx.de/wiki/U-Boot"},
    Same{"a:libevent_project:libevent a:niels_provos:libevent", "libevent.org, by its first author"},
    Same{"a:libjpeg-turbo:libjpeg-turbo a:d.r.commander:libjpeg-turbo", "its maintainer"},
    Same{"a:libpng:libpng a:greg_roelofs:libpng a:png_reference_library:libpng", "libpng.org under three"},
    Same{"a:thekelleys:dnsmasq a:dnsmasq:dnsmasq a:the_kelleys:dnsmasq", "thekelleys.org.uk/dnsmasq"},
    Same{"o:zephyrproject:zephyr o:zephyrproject-rtos:zephyr a:zephyrproject:zephyr",
         "github.com/zephyrproject-rtos/zephyr is the Zephyr Project's"},
    Same{
        "a:kernel:util-linux a:linux:util-linux a:andries_brouwer:util-linux a:util-linux_project:util-linux",
        "kernel.org/pub/linux/utils/util-linux, by an earlier maintainer"},
    Same{"a:python:python a:python_software_foundation:python", "python.org is the foundation's"},
    Same{"a:perl:perl a:larry_wall:perl", "its author"},
    Same{"a:ruby-lang:ruby a:yukihiro_matsumoto:ruby", "its author"},
    Same{"a:nodejs:node.js a:nodejs:nodejs a:joyent:node.js", "nodejs.org, until 2015 Joyent's"},
    Same{"a:jqlang:jq a:jq_project:jq", "jqlang.github.io/jq under both"},
    Same{"a:bluez:bluez a:bluez_project:bluez o:bluez_project:bluez", "bluez.org under three"},
    Same{"a:busybox:busybox a:rob_landley:busybox", "an earlier maintainer"},
    Same{"a:samba:rsync a:andrew_tridgell:rsync a:rsync:rsync", "rsync.samba.org, by its author"},
    Same{"a:vim:vim a:vim_development_group:vim", "vim.org under both"},
    Same{"a:openssl:openssl a:openssl_project:openssl", "openssl.org under both"},
    Same{"a:gnu:wget a:wget:wget", "gnu.org/software/wget"},
    Same{"a:gnu:gnutls a:gnutls:gnutls", "gnutls.org was GNU's"},
    Same{"a:e2fsprogs_project:e2fsprogs a:ext2_filesystems_utilities:e2fsprogs",
         "e2fsprogs.sourceforge.net: Ext2 Filesystems Utilities"},
    Same{"a:eclipse:threadx a:eclipse_foundation:threadx", "Eclipse ThreadX under both"},
};

// pcre:pcre has PCRE2's faults too, by versions from 10 on; of PCRE 8 those of PCRE2 say nothing.
constexpr std::string_view one_way_from = "a:pcre:pcre2";
constexpr std::array one_way_to{std::string_view("a:pcre:pcre")};

struct Repository {
    std::string_view path, keys;
};
constexpr std::array repositories{
    // by path
    Repository{"apache/nuttx", "o:apache:nuttx"},
    Repository{"armmbed/mbedtls", "a:arm:mbed_tls"},
    Repository{"c-ares/c-ares", "a:c-ares:c-ares"},
    Repository{"curl/curl", "a:haxx:curl"},
    Repository{"davegamble/cjson", "a:cjson_project:cjson"},
    Repository{"eclipse-mosquitto/mosquitto", "a:eclipse:mosquitto"},
    Repository{"eclipse-threadx/threadx", "a:eclipse:threadx"},
    Repository{"eclipse/mosquitto", "a:eclipse:mosquitto"},
    Repository{"espressif/esp-idf", "a:espressif:esp-idf"},
    Repository{"facebook/zstd", "a:facebook:zstandard"},
    Repository{"freertos/freertos-kernel", "a:amazon:freertos"},
    Repository{"git/git", "a:git-scm:git"},
    Repository{"gnome/libxml2", "a:xmlsoft:libxml2"},
    Repository{"gnome/libxslt", "a:xmlsoft:libxslt"},
    Repository{"grpc/grpc", "a:grpc:grpc"},
    Repository{"jqlang/jq", "a:jqlang:jq"},
    Repository{"json-c/json-c", "a:json-c:json-c"},
    Repository{"libarchive/libarchive", "a:libarchive:libarchive"},
    Repository{"libevent/libevent", "a:libevent_project:libevent"},
    Repository{"libexpat/libexpat", "a:libexpat_project:libexpat"},
    Repository{"libgit2/libgit2", "a:libgit2:libgit2"},
    Repository{"libssh2/libssh2", "a:libssh2:libssh2"},
    Repository{"libuv/libuv", "a:libuv_project:libuv"},
    Repository{"lwip-tcpip/lwip", "a:lwip_project:lwip"},
    Repository{"madler/zlib", "a:zlib:zlib"},
    Repository{"mbed-tls/mbedtls", "a:arm:mbed_tls"},
    Repository{"nanopb/nanopb", "a:nanopb_project:nanopb"},
    Repository{"nghttp2/nghttp2", "a:nghttp2:nghttp2"},
    Repository{"nginx/nginx", "a:f5:nginx"},
    Repository{"obgm/libcoap", "a:libcoap:libcoap"},
    Repository{"openssl/openssl", "a:openssl:openssl"},
    Repository{"pcre2project/pcre2", "a:pcre:pcre2"},
    Repository{"php/php-src", "a:php:php"},
    Repository{"pnggroup/libpng", "a:libpng:libpng"},
    Repository{"redis/redis", "a:redis:redis"},
    Repository{"sqlite/sqlite", "a:sqlite:sqlite"},
    Repository{"strongswan/strongswan", "a:strongswan:strongswan"},
    Repository{"systemd/systemd", "a:systemd_project:systemd"},
    Repository{"tukaani-project/xz", "a:tukaani:xz"},
    Repository{"u-boot/u-boot", "a:denx:u-boot"},
    Repository{"uclouvain/openjpeg", "a:uclouvain:openjpeg"},
    Repository{"vim/vim", "a:vim:vim"},
    Repository{"wolfssl/wolfssl", "a:wolfssl:wolfssl"},
    Repository{"zephyrproject-rtos/zephyr", "o:zephyrproject:zephyr"},
};
static_assert(std::ranges::is_sorted(repositories, {}, &Repository::path));

std::vector<std::string_view> split(std::string_view names) {
    std::vector<std::string_view> out;
    while (!names.empty()) {
        const auto end = names.find(' ');
        out.push_back(names.substr(0, end));
        names = end == std::string_view::npos ? std::string_view() : names.substr(end + 1);
    }
    return out;
}

} // namespace

std::vector<std::string_view> other_names(std::string_view key) {
    if (key == one_way_from) return {one_way_to.begin(), one_way_to.end()};
    for (const Same& product : same) {
        auto names = split(product.names);
        if (std::erase(names, key) != 0) return names;
    }
    return {};
}

std::vector<std::string_view> keys_of_repository(std::string_view path) {
    std::string lowered(path);
    std::ranges::transform(lowered, lowered.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const auto* found = std::ranges::lower_bound(repositories, lowered, {}, &Repository::path);
    return found != repositories.end() && found->path == lowered ? split(found->keys)
                                                                 : std::vector<std::string_view>();
}

} // namespace oakum::component
