// SPDX-License-Identifier: Apache-2.0
// Root file systems: what is read of them, and what is told of what is not.
#include "scan_bench.hpp"

#include <sqlite3.h>

using namespace oakum;
using cli::test::Bench;
using cli::test::text_at;

namespace fs = std::filesystem;

namespace {

struct Rpm {
    std::string name, version, release, source;
};

std::string big_endian(std::size_t number) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(number >> shift);
    return out;
}

// A header as rpm keeps it, of epoch 1.
std::string header_of(const Rpm& rpm) {
    std::string entries, data = big_endian(1);
    std::size_t count = 1;
    entries = big_endian(1003) + big_endian(4) + big_endian(0) + big_endian(1);
    for (const auto& [tag, text] :
         {std::pair(1000, rpm.name), {1001, rpm.version}, {1002, rpm.release}, {1044, rpm.source}}) {
        entries += big_endian(static_cast<std::size_t>(tag)) + big_endian(6) + big_endian(data.size()) +
                   big_endian(1);
        data.append(text).push_back('\0');
        ++count;
    }
    return big_endian(count) + big_endian(data.size()) + entries + data;
}

// In rpm's own journal mode, as rpm leaves it.
void write_rpms(const std::string& path, const std::vector<Rpm>& rpms) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    sqlite3_exec(database,
                 "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS 'Packages' (hnum INTEGER PRIMARY KEY "
                 "AUTOINCREMENT, blob BLOB NOT NULL)",
                 nullptr, nullptr, nullptr);
    for (const Rpm& rpm : rpms) {
        const std::string header = header_of(rpm);
        sqlite3_stmt* insert = nullptr;
        REQUIRE(sqlite3_prepare_v2(database, "INSERT INTO Packages (blob) VALUES (?)", -1, &insert,
                                   nullptr) == SQLITE_OK);
        sqlite3_bind_blob(insert, 1, header.data(), static_cast<int>(header.size()), SQLITE_TRANSIENT);
        CHECK(sqlite3_step(insert) == SQLITE_DONE);
        sqlite3_finalize(insert);
    }
    CHECK(sqlite3_close(database) == SQLITE_OK);
}

} // namespace

TEST_CASE("a root file system is matched by the source of its packages") {
    Bench bench;
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv"), "-o", "json"}) == 0);
    const json::Value root = bench.json();
    const json::Value findings = root.array_at("findings").value();
    REQUIRE(findings.size() == 1);
    const json::Value finding = *findings.items().begin();
    CHECK(text_at(finding, {"advisory"}) == "CVE-2024-0001");
    CHECK(text_at(finding, {"component", "name"}) == "libssl3");
    CHECK(text_at(finding, {"status"}) == "affected");
    CHECK(text_at(finding, {"severity", "vector"}) == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    CHECK(finding.at("severity").value().double_at("cvss").value() == 9.8);
    CHECK(finding.at("epss").value().is_null());
    CHECK((*finding.array_at("fixed_in").value().items().begin()).text() == "3.0.13-1~deb12u1");
    CHECK(finding.array_at("explanation").value().size() >= 2);
    CHECK(finding.array_at("aliases").value().size() == 1);
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv"), "--fail-on", "critical"}) ==
          1);
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv"), "--fail-on", "exploited"}) ==
          0);
}

TEST_CASE("a folder that is no system, and links that lead out of one, are told and not followed") {
    Bench bench;
    bench.write("empty/readme", "x");
    CHECK(bench.run({"scan", bench.at("empty"), "--advisories", bench.at("osv")}) == 3);
    CHECK(bench.world.err.find("give a root file system, or an SBOM") != std::string::npos);
    bench.write("linked/etc/os-release", "ID=debian\nVERSION_ID=12\n");
    fs::create_directories(bench.folder / "linked/var/lib/dpkg");
    fs::create_symlink(bench.folder / "root/var/lib/dpkg/status",
                       bench.folder / "linked/var/lib/dpkg/status");
    CHECK(bench.run({"scan", bench.at("linked"), "--advisories", bench.at("osv"), "-o", "json"}) == 0);
    CHECK(bench.json().array_at("findings").value().size() == 0);
    CHECK(bench.world.err.find("var/lib/dpkg/status leads out of") != std::string::npos);
}

TEST_CASE("a list of packages that is there and cannot be read is an error, not a clean system") {
    Bench bench;
    bench.write("broken/etc/os-release", "ID=debian\nVERSION_ID=12\n");
    fs::create_directories(bench.folder / "broken/var/lib/dpkg/status"); // a folder in its place
    CHECK(bench.run({"scan", bench.at("broken"), "--advisories", bench.at("osv")}) == 1);
    CHECK(bench.world.err.find("is a folder") != std::string::npos);
    bench.write("huge/etc/os-release", "ID=debian\nVERSION_ID=12\n");
    bench.write("huge/var/lib/dpkg/status", "x");
    fs::resize_file(bench.folder / "huge/var/lib/dpkg/status", (64 << 20) + 1);
    CHECK(bench.run({"scan", bench.at("huge"), "--advisories", bench.at("osv")}) == 1);
    CHECK(bench.world.err.find("at most") != std::string::npos);
}

TEST_CASE("a database of packages that is not read is named, and is not assessed") {
    Bench bench;
    const auto unread = [&](const std::string& image, const std::string& why) {
        CHECK(bench.run({"scan", bench.at(image), "--advisories", bench.at("osv"), "-o", "json"}) == 0);
        CHECK_MESSAGE(bench.world.err.find("is not read: " + why) != std::string::npos, bench.world.err);
        const json::Value left = bench.json().array_at("not_assessed").value();
        REQUIRE(left.size() == 1);
        return text_at(*left.items().begin(), {"component", "name"});
    };
    bench.write("older/var/lib/rpm/Packages", "x");
    CHECK(unread("older", "of rpm's databases") == "packages in var/lib/rpm");
    bench.write("broken/usr/lib/sysimage/rpm/rpmdb.sqlite", std::string(5000, 'x'));
    CHECK(unread("broken", "SQLite says ") == "packages in usr/lib/sysimage/rpm");
    bench.write("odd/var/lib/dpkg/status.d/zlib1g", "no package\n");
    CHECK(unread("odd", "not each of its files is one package") == "packages in var/lib/dpkg/status.d");
}

TEST_CASE("the packages of rpm's database are matched, as it stands and whole") {
    Bench bench;
    bench.write(
        "osv/rocky.json",
        R"({"id":"RLSA-1","aliases":["CVE-2024-0005"],"modified":"2024-05-01T00:00:00Z","published":"2024-05-01T00:00:00Z","summary":"Important: openssl security update","affected":[{"package":{"ecosystem":"Rocky Linux:9","name":"openssl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:3.0.7-17.el9_2"}]}]}]})");
    bench.write("rocky/etc/os-release", "ID=rocky\nVERSION_ID=\"9.2\"\n");
    const std::string file = "rocky/var/lib/rpm/rpmdb.sqlite";
    const std::vector<std::string> scan = {"scan",          bench.at("rocky"), "--advisories",
                                           bench.at("osv"), "--fail-on",       "any"};
    const auto installed = [&](const std::string& release) {
        bench.write(file, "");
        write_rpms(bench.at(file),
                   {{"openssl-libs", "3.0.7", release, "openssl-3.0.7-" + release + ".src.rpm"},
                    {"gpg-pubkey", "350d275d", "6279464b", ""}});
    };
    installed("16.el9_2");
    const auto before = fs::last_write_time(bench.at(file));
    CHECK(bench.run(scan) != 0);
    CHECK(bench.world.out.find("CVE-2024-0005") != std::string::npos);
    CHECK(bench.world.out.find("2 components") != std::string::npos);
    CHECK(fs::last_write_time(bench.at(file)) == before);
    CHECK(std::distance(fs::directory_iterator(bench.at("rocky/var/lib/rpm")), {}) == 1);
    installed("17.el9_2");
    CHECK(bench.run(scan) == 0);
    CHECK(bench.world.err.empty());
    // What was last changed may be beside it.
    bench.write(file + "-wal", "x");
    CHECK(bench.run(scan) == 0);
    CHECK(bench.world.err.find("rpmdb.sqlite-wal") != std::string::npos);
    fs::remove(bench.at(file + "-wal"));
    // One that cannot be read makes all of them unknown.
    write_rpms(bench.at(file), {{"", "1", "1", ""}});
    CHECK(bench.run(scan) == 0);
    CHECK(bench.world.err.find("a header of rpm's database is broken") != std::string::npos);
    CHECK(bench.world.out.find("nothing can be said") != std::string::npos);
}

TEST_CASE("packages of an image without a package manager are read from the folder of dpkg's") {
    Bench bench;
    bench.write("distroless/usr/lib/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    bench.write("distroless/var/lib/dpkg/status.d/libssl3",
                "Package: libssl3\nSource: openssl\nVersion: 3.0.11-1~deb12u2\n");
    bench.write("distroless/var/lib/dpkg/status.d/libssl3.md5sums", "0123  usr/lib/libssl.so.3\n");
    bench.write("distroless/var/lib/dpkg/status.d/zlib1g",
                "Package: zlib1g\nSource: zlib\nVersion: 1:1.2.13\n");
    CHECK(bench.run({"scan", bench.at("distroless"), "--advisories", bench.at("osv"), "-o", "json"}) == 0);
    const json::Value found = bench.json().array_at("findings").value();
    REQUIRE(found.size() == 1);
    CHECK(text_at(*found.items().begin(), {"advisory"}) == "CVE-2024-0001");
    CHECK(bench.world.err.empty());
}

TEST_CASE("a package of opkg is known by what its control file tells, and files outside are not read") {
    Bench bench;
    bench.write(
        "nvd/CVE-2024-0009.json",
        R"({"cve":{"id":"CVE-2024-0009","published":"2024-05-01T00:00:00.000","lastModified":"2024-05-01T00:00:00.000","vulnStatus":"Analyzed","descriptions":[{"lang":"en","value":"a hole"}],"configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:acme:widget:*:*:*:*:*:*:*:*","versionEndExcluding":"2.0"}]}]}]}})");
    bench.write("router/usr/lib/opkg/status",
                "Package: libwidget7\nVersion: 1.4\nStatus: install user installed\n");
    const std::string control = "Package: libwidget7\nVersion: 1.4\nCPE-ID: cpe:/a:acme:widget\n";
    bench.write("outside/libwidget7.control", control);
    fs::create_directory_symlink(bench.folder / "outside", bench.folder / "router/usr/lib/opkg/info");
    const std::vector<std::string> scan = {"scan",          bench.at("router"), "--advisories",
                                           bench.at("nvd"), "--fail-on",        "any"};
    CHECK(bench.run(scan) == 0);
    fs::remove(bench.folder / "router/usr/lib/opkg/info");
    bench.write("router/usr/lib/opkg/info/libwidget7.control", control);
    CHECK(bench.run(scan) != 0);
    CHECK(bench.world.out.find("CVE-2024-0009") != std::string::npos);
}
