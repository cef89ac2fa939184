// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <system/file.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using namespace oakum;
using namespace oakum::system;

namespace {

struct Folder {
    std::filesystem::path path;
    Folder() {
        char name[] = "/tmp/oakum-system-XXXXXX";
        path = mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status{};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

std::size_t entries_of(const std::filesystem::path& path) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
}

} // namespace

TEST_CASE("a durable write replaces the whole file, with its mode, and leaves nothing beside it") {
    const Folder folder;
    const auto path = folder.path / "key.pem";
    REQUIRE(write_durably(path, "first").ok());
    CHECK(mode_of(path) == 0600);
    REQUIRE(write_durably(path, "second and longer", FileMode::readable_by_all).ok());
    CHECK(mode_of(path) == 0644);
    CHECK(read_bounded(path, 100).value() == "second and longer");
    CHECK(entries_of(folder.path) == 1);
}

TEST_CASE("a durable write that fails keeps the old file and leaves nothing beside it") {
    const Folder folder;
    CHECK(write_durably(folder.path / "none" / "file", "x").error().kind == base::ErrorKind::not_found);
    std::filesystem::create_directory(folder.path / "taken");
    CHECK_FALSE(write_durably(folder.path / "taken", "x").ok());
    CHECK(entries_of(folder.path) == 1);
    CHECK(write_durably("/dev/full/x", "x").error().kind == base::ErrorKind::not_found);
}

TEST_CASE("what a process of the same number left half-written is no obstacle") {
    const Folder folder;
    const auto path = folder.path / "state.json";
    for (int number = 0; number < 500; ++number)
        std::ofstream(path.string() + ".new-" + std::to_string(getpid()) + "-" + std::to_string(number))
            << "{";
    REQUIRE(write_durably(path, "whole").ok());
    CHECK(read_bounded(path, 100).value() == "whole");
}

TEST_CASE("reading is bounded, and only of regular files") {
    const Folder folder;
    const auto path = folder.path / "file";
    REQUIRE(write_durably(path, std::string(100'000, 'x')).ok());
    CHECK(read_bounded(path, 100'000)->size() == 100'000);
    CHECK(read_bounded(path, 99'999).error().kind == base::ErrorKind::too_large);
    CHECK(read_bounded(folder.path / "none", 1).error().kind == base::ErrorKind::not_found);
    CHECK(read_bounded(folder.path, 1).error().kind == base::ErrorKind::invalid);
    CHECK(read_bounded("/dev/zero", 1000).error().kind == base::ErrorKind::invalid);
    REQUIRE(mkfifo((folder.path / "fifo").c_str(), 0600) == 0);
    CHECK(read_bounded(folder.path / "fifo", 1000).error().kind == base::ErrorKind::invalid);
    CHECK(read_bounded("/proc/self/status", 100'000)->size() > 10);
    CHECK(read_bounded("/proc/self/status", 10).error().kind == base::ErrorKind::too_large);
}

TEST_CASE("a private folder is made with those above it and may exist already") {
    const Folder folder;
    const auto path = folder.path / "a" / "b";
    CHECK(make_private_folder(path).ok());
    CHECK(make_private_folder(path).ok());
    CHECK(mode_of(path) == 0700);
    REQUIRE(write_durably(path / "file", "").ok());
    CHECK(make_private_folder(path / "file").error().kind == base::ErrorKind::conflict);
}

TEST_CASE("a mapped file shows its bytes, and an empty one none") {
    const Folder folder;
    REQUIRE(write_durably(folder.path / "file", "abc").ok());
    REQUIRE(write_durably(folder.path / "empty", "").ok());
    MappedFile file = MappedFile::open(folder.path / "file").value();
    const MappedFile moved = std::move(file);
    CHECK(base::as_text(moved.bytes()) == "abc");
    CHECK(MappedFile::open(folder.path / "empty")->bytes().empty());
    CHECK(MappedFile::open(folder.path / "none").error().kind == base::ErrorKind::not_found);
}

TEST_CASE("a lock is held by one owner at a time and free after it") {
    const Folder folder;
    {
        const FileLock lock = FileLock::acquire(folder.path / "lock").value();
        CHECK(FileLock::acquire(folder.path / "lock").error().kind == base::ErrorKind::conflict);
    }
    CHECK(FileLock::acquire(folder.path / "lock").ok());
}
