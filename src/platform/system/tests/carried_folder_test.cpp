// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <system/carried_folder.hpp>

#include <cstdlib>
#include <fstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

using namespace oakum;
using system::open_carried;
namespace fs = std::filesystem;

namespace {

struct Stick {
    fs::path path;
    std::unique_ptr<ports::CarriedFolder> folder;
    Stick() {
        char name[] = "/tmp/oakum-carried-XXXXXX";
        path = mkdtemp(name);
        fs::create_directory(path / "orders");
        put("orders/a.json", "{}");
        folder = open_carried(path).value();
    }
    ~Stick() { fs::remove_all(path); }
    void put(const std::string& name, std::string_view text) const {
        std::ofstream(path / name, std::ios::binary) << text;
    }
    base::Result<std::optional<std::string>> read(const std::string& name) const {
        return folder->read("orders", name, 100);
    }
};

} // namespace

TEST_CASE("plain files of a carried folder are read whole, within their limit") {
    const Stick stick;
    CHECK(stick.read("a.json").value() == "{}");
    CHECK_FALSE(stick.read("b.json").value().has_value());
    CHECK_FALSE(stick.folder->read("nothing", "a.json", 100).value().has_value());
    stick.put("orders/long.json", std::string(101, 'x'));
    CHECK(stick.read("long.json").error().kind == base::ErrorKind::too_large);
    CHECK(stick.folder->length("orders", "long.json").value() == 101);
    CHECK(stick.folder->names("orders", 10).value() == std::vector<std::string>{"a.json", "long.json"});
    CHECK(stick.folder->names("orders", 1).error().kind == base::ErrorKind::too_large);
    CHECK(stick.folder->names("nothing", 1).value().empty());
}

TEST_CASE("a huge file that takes no room is refused without reading it") {
    const Stick stick;
    stick.put("orders/huge.json", "");
    fs::resize_file(stick.path / "orders/huge.json", 1ULL << 40);
    CHECK(stick.read("huge.json").error().kind == base::ErrorKind::too_large);
}

TEST_CASE("links, pipes, sockets, folders and devices are refused, and none of them is waited for") {
    const Stick stick;
    stick.put("secret", "secret");
    fs::create_symlink("../secret", stick.path / "orders/link.json");
    fs::create_symlink("/etc/passwd", stick.path / "orders/passwd.json");
    fs::create_symlink("/nothing", stick.path / "orders/nothing.json");
    REQUIRE(::mkfifo((stick.path / "orders/pipe.json").c_str(), 0600) == 0);
    fs::create_directory(stick.path / "orders/folder.json");
    std::vector<std::string> names{"link.json", "passwd.json", "nothing.json", "pipe.json", "folder.json"};
    if (::mknod((stick.path / "orders/zero.json").c_str(), S_IFCHR | 0600, makedev(1, 5)) == 0)
        names.emplace_back("zero.json");
    for (const std::string& name : names) {
        CAPTURE(name);
        const auto read = stick.read(name);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().kind == base::ErrorKind::invalid);
        CHECK_FALSE(stick.folder->length("orders", name).ok());
        CHECK_FALSE(
            stick.folder->stream("orders", name, 0, 1, [](base::ByteView) { return base::Status(); }).ok());
    }
}

TEST_CASE("no name leaves the folder") {
    const Stick stick;
    stick.put("secret", "secret");
    for (const std::string name : {"..", ".", "", "../secret", "a/b", "/etc/passwd", ".hidden"}) {
        CHECK(stick.folder->read("orders", name, 100).error().kind == base::ErrorKind::invalid);
        if (!name.empty())
            CHECK(stick.folder->read(name, "passwd", 100).error().kind == base::ErrorKind::invalid);
        CHECK_FALSE(stick.folder->create("orders", name).ok());
        CHECK_FALSE(stick.folder->remove("orders", name).ok());
    }
    CHECK_FALSE(stick.read(std::string("a.json\0b", 8)).ok());
    CHECK_FALSE(stick.read(std::string(300, 'a')).ok());
}

TEST_CASE("a folder in it that is a link is neither read from nor written to") {
    const Stick stick;
    const Stick elsewhere;
    fs::create_symlink(elsewhere.path / "orders", stick.path / "receipts");
    CHECK(stick.folder->read("receipts", "a.json", 100).error().kind == base::ErrorKind::invalid);
    CHECK(stick.folder->names("receipts", 10).error().kind == base::ErrorKind::invalid);
    CHECK(stick.folder->create("receipts", "x.json").error().kind == base::ErrorKind::invalid);
    CHECK(stick.folder->remove("receipts", "a.json").error().kind == base::ErrorKind::invalid);
    CHECK(fs::exists(elsewhere.path / "orders/a.json"));
}

TEST_CASE("a part of a file comes as it was asked for, and one that is too short says so") {
    const Stick stick;
    std::string whole(200'000, 'x');
    whole[150'000] = 'y';
    stick.put("orders/big", whole);
    std::string got;
    const auto take = [&](base::ByteView piece) -> base::Status {
        got.append(base::as_text(piece));
        return {};
    };
    CHECK(stick.folder->stream("orders", "big", 149'999, 150'002, take).ok());
    CHECK(got == "xyx");
    got.clear();
    CHECK(stick.folder->stream("orders", "big", 0, 200'000, take).ok());
    CHECK(got == whole);
    CHECK(stick.folder->stream("orders", "big", 0, 200'001, take).error().kind == base::ErrorKind::corrupt);
    CHECK(stick.folder->stream("orders", "none", 0, 1, take).error().kind == base::ErrorKind::not_found);
}

TEST_CASE(
    "a written file is there whole or not at all, and takes the place of a link instead of following it") {
    const Stick stick;
    stick.put("secret", "secret");
    {
        const auto dropped = stick.folder->create("receipts", "r.json").value();
        CHECK(dropped->write(base::as_bytes("half")).ok());
    }
    CHECK(stick.folder->names("receipts", 10).value().empty());
    fs::create_symlink("../secret", stick.path / "receipts/r.json");
    fs::create_symlink("../secret", stick.path / "receipts/r.json.new");
    const auto file = stick.folder->create("receipts", "r.json").value();
    CHECK(file->write(base::as_bytes("a receipt")).ok());
    CHECK(file->keep().ok());
    CHECK(stick.folder->read("receipts", "r.json", 100).value() == "a receipt");
    CHECK(fs::is_regular_file(fs::symlink_status(stick.path / "receipts/r.json")));
    std::ifstream in(stick.path / "secret");
    std::string text;
    in >> text;
    CHECK(text == "secret");
    CHECK(stick.folder->remove("receipts", "r.json").ok());
    CHECK(stick.folder->remove("receipts", "r.json").ok());
}

TEST_CASE("what is no folder is not opened") {
    const Stick stick;
    CHECK(open_carried(stick.path / "orders/a.json").error().kind == base::ErrorKind::invalid);
    CHECK(open_carried(stick.path / "nothing").error().kind == base::ErrorKind::not_found);
    CHECK(open_carried(stick.path / "made", system::Make::yes).ok());
    CHECK(fs::is_directory(stick.path / "made"));
}
