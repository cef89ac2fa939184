// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <json/parse.hpp>
#include <unistd.h>

namespace oakum::cli::test {

// A folder with an advisory about openssl of Debian 12 and one about busybox, an SBOM, a root file system, a
// VEX document.
struct Bench {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("oakum-scan-" + std::to_string(::getpid()));
    World world;

    Bench() {
        std::filesystem::remove_all(folder);
        write(
            "osv/openssl.json",
            R"({"id":"DSA-1","aliases":["CVE-2024-0001"],"modified":"2024-05-01T00:00:00Z","published":"2024-05-01T00:00:00Z","summary":"a hole in openssl","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":"Debian:12","name":"openssl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.13-1~deb12u1"}]}]}]})");
        write(
            "osv/busybox.json",
            R"({"id":"ALPINE-2","aliases":["CVE-2024-0002"],"modified":"2024-05-01T00:00:00Z","published":"2024-05-01T00:00:00Z","summary":"a hole in busybox","affected":[{"package":{"ecosystem":"Alpine:v3.19","name":"busybox"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.36.1-r20"}]}]}]})");
        write(
            "image.cdx.json",
            R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"firmware","name":"image","version":"7"}},"components":[{"type":"library","name":"busybox","version":"1.36.1-r15","purl":"pkg:apk/alpine/busybox@1.36.1-r15?distro=alpine-3.19.1"},{"type":"library","name":"mystery"}]})");
        write("root/etc/os-release",
              "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        write("root/var/lib/dpkg/status",
              "Package: libssl3\nStatus: install ok installed\nSource: openssl\nVersion: "
              "3.0.11-1~deb12u2\n\nPackage: zlib1g\nStatus: install ok installed\nSource: "
              "zlib\nVersion: 1:1.2.13.dfsg-1\n");
        write(
            "vex.json",
            R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"Acme","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[{"vulnerability":{"name":"CVE-2024-0002"},"products":[{"@id":"pkg:apk/alpine/busybox"}],"status":"not_affected","justification":"vulnerable_code_not_present"}]})");
    }
    ~Bench() { std::filesystem::remove_all(folder); }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void write(const std::string& name, std::string_view text) {
        const std::filesystem::path path = folder / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    std::string at(const std::string& name) const { return (folder / name).string(); }
    int run(std::vector<std::string> words) {
        world.out.clear();
        world.err.clear();
        return cli::run(words, world.console);
    }
    json::Value json() const {
        auto parsed = json::parse(world.out, {.floats = true});
        REQUIRE_MESSAGE(parsed.ok(), world.out);
        return std::move(parsed).value();
    }
};

inline std::string text_at(const json::Value& value, std::initializer_list<std::string_view> names) {
    json::Value at = value;
    for (const std::string_view name : names)
        at = at.at(name).value();
    return std::string(at.text());
}

} // namespace oakum::cli::test
