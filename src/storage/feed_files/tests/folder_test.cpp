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

TEST_CASE("a download goes on where it was cut off, also after a restart, and is then as any that arrived") {
    Folder folder;
    {
        auto files = feed_files::FolderFeedFiles::open(folder.path, 1 << 20).value();
        auto download = files->resume("kev").value();
        CHECK(download->size() == 0);
        CHECK(download->write(base::as_bytes("first half,")).ok());
        CHECK(download->set_note("etag 1").ok());
        CHECK(download->write(base::as_bytes(" and what is lost")).ok());
    }
    auto files = feed_files::FolderFeedFiles::open(folder.path, 1 << 20).value();
    auto download = files->resume("kev").value();
    CHECK(download->note() == "etag 1");
    CHECK(download->size() == 28);
    CHECK(download->cut(11).ok());
    CHECK(download->write(base::as_bytes(" second half")).ok());
    // Names that an earlier process gave are left alone.
    std::ofstream(folder.path / "feeds/incoming/incoming-1") << "another";
    const std::string name = download->finish().value();
    CHECK(name == "incoming-2");
    CHECK(all(*files, name) == "first half, second half");
    CHECK(std::filesystem::is_empty(folder.path / "feeds/partial"));
}

TEST_CASE("what scores were on earlier days is there after a restart") {
    Folder folder;
    {
        auto files = feed_files::FolderFeedFiles::open(folder.path, 1 << 20).value();
        CHECK(files->scores().error().kind == base::ErrorKind::not_found);
        CHECK(files->replace_scores(base::as_bytes("old")).ok());
        CHECK(files->replace_scores(base::as_bytes("new")).ok());
    }
    auto files = feed_files::FolderFeedFiles::open(folder.path, 1 << 20).value();
    CHECK(base::as_text(files->scores().value()) == "new");
}

TEST_CASE("downloads that nobody goes on with are let go of") {
    Folder folder;
    auto files = feed_files::FolderFeedFiles::open(folder.path, 8).value();
    for (const char* name : {"kev", "osv-Go", "osv-npm"})
        REQUIRE(files->resume(name).value()->set_note("n").ok());
    CHECK(files->forget_partial_except({"osv-Go", "other"}).ok());
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path / "feeds/partial"), {}) == 2);
    CHECK(files->resume("osv-Go").value()->note() == "n");
    CHECK(files->resume("kev").value()->write(base::as_bytes("123456789")).error().kind ==
          base::ErrorKind::too_large);
    for (const char* name : {"../x", "", ".x", "a/b", "kev.note"})
        CHECK_FALSE(files->resume(name).ok());
    CHECK(files->room().value() < std::uint64_t{1} << 60);
}
