// SPDX-License-Identifier: Apache-2.0
#include <feed_files/folder.hpp>

#include <doctest/doctest.h>
#include <fstream>
#include <unistd.h>

using namespace oakum;

namespace {
struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("oakum-feeds-" + std::to_string(::getpid()));
    Folder() { std::filesystem::remove_all(path); }
    ~Folder() { std::filesystem::remove_all(path); }
};
std::string all(ports::FeedFiles& files, const std::string& name) {
    std::string text;
    const auto status = files.read(name, [&](base::ByteView piece) -> base::Status {
        text += base::as_text(piece);
        return {};
    });
    return status.ok() ? text : "error: " + status.error().message;
}
} // namespace

TEST_CASE("a feed arrives in pieces, is kept under its name, and replaces an older one") {
    Folder folder;
    auto files = feed_files::FolderFeedFiles::open(folder.path, 1 << 20).value();
    for (const char* text : {"first", "second"}) {
        auto incoming = files->begin().value();
        CHECK(incoming->write(base::as_bytes(text)).ok());
        CHECK(incoming->write(base::as_bytes("!")).ok());
        const std::string name = incoming->finish().value();
        CHECK(all(*files, name) == std::string(text) + "!");
        CHECK(files->keep(name, "kev").ok());
        CHECK(all(*files, "kev") == std::string(text) + "!");
    }
    CHECK(files->kept().value() == std::vector<std::string>{"kev"});
}

TEST_CASE("a feed that is not finished leaves nothing, one that is too large is refused") {
    Folder folder;
    auto files = feed_files::FolderFeedFiles::open(folder.path, 4).value();
    {
        auto incoming = files->begin().value();
        CHECK(incoming->write(base::as_bytes("1234")).ok());
        CHECK(incoming->write(base::as_bytes("5")).error().kind == base::ErrorKind::too_large);
    }
    CHECK(std::filesystem::is_empty(folder.path / "feeds/incoming"));
}

TEST_CASE("names cannot leave the folder") {
    Folder folder;
    auto files = feed_files::FolderFeedFiles::open(folder.path, 1 << 20).value();
    for (const char* name : {"../oakum.db", "/etc/passwd", "", ".hidden", "a/b", "a\nb"})
        CHECK(files->read(name, [](base::ByteView) -> base::Status { return {}; }).error().kind ==
              base::ErrorKind::invalid);
}

TEST_CASE("the compiled file is replaced whole, and a reader keeps what it mapped") {
    Folder folder;
    auto files = feed_files::FolderFeedFiles::open(folder.path, 1 << 20).value();
    CHECK(files->compiled().error().kind == base::ErrorKind::not_found);
    CHECK(files->replace_compiled(base::as_bytes("one")).ok());
    const auto one = files->compiled().value();
    CHECK(files->replace_compiled(base::as_bytes("three")).ok());
    CHECK(base::as_text(one->bytes()) == "one");
    CHECK(base::as_text(files->compiled().value()->bytes()) == "three");
}

TEST_CASE("that a feed is not in the compiled file is still known after a restart") {
    Folder folder;
    auto files = feed_files::FolderFeedFiles::open(folder.path, 1 << 20).value();
    CHECK_FALSE(files->kept_since_compiled());
    auto incoming = files->begin().value();
    CHECK(incoming->write(base::as_bytes("feed")).ok());
    CHECK(files->keep(incoming->finish().value(), "kev").ok());
    files = feed_files::FolderFeedFiles::open(folder.path, 1 << 20).value();
    CHECK(files->kept_since_compiled());
    CHECK(files->kept().value() == std::vector<std::string>{"kev"});
    CHECK(files->replace_compiled(base::as_bytes("one")).ok());
    CHECK_FALSE(files->kept_since_compiled());
}
