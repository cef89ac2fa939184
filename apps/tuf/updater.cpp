// SPDX-License-Identifier: Apache-2.0
#include "updater.hpp"

#include <base/percent.hpp>
#include <trust/limits.hpp>
#include <trust/names.hpp>
#include <trust/stream.hpp>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::tuf {
namespace {

namespace fs = std::filesystem;
using base::Result;
using base::Status;

// Who runs this says which server it is: any address is reached, also without TLS. What makes that safe is
// the signatures.
outbound::FetcherOptions options(std::chrono::seconds whole) {
    outbound::FetcherOptions options;
    options.own_addresses = true;
    options.silence = std::chrono::seconds(30);
    options.whole = whole;
    return options;
}

std::string folder_url(std::string url) {
    if (!url.ends_with('/')) url += '/';
    return url;
}

base::Error refusal(int status) {
    return base::unavailable("the server answered with status " + std::to_string(status));
}

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

  private:
    int number_;
};

// A file beside the one that it will become; gone when nobody kept it.
class Draft {
  public:
    explicit Draft(const fs::path& folder)
        : path_((folder / ".oakum-tuf-XXXXXX").string()), file_(::mkostemp(path_.data(), O_CLOEXEC)) {}
    ~Draft() {
        if (!kept_ && file_.number() >= 0) ::unlink(path_.c_str());
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    bool made() const { return file_.number() >= 0; }
    Status write(base::ByteView bytes) {
        while (!bytes.empty()) {
            const ssize_t wrote = ::write(file_.number(), bytes.data(), bytes.size());
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote <= 0) return base::unavailable("the target cannot be written: the disk may be full");
            bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        }
        return {};
    }
    // A link that stands in the place is replaced, not followed.
    Status become(const fs::path& target) {
        if (::fchmod(file_.number(), 0644) != 0 || ::fsync(file_.number()) != 0 ||
            ::rename(path_.c_str(), target.c_str()) != 0)
            return base::unavailable(target.string() + " cannot be written");
        kept_ = true;
        return system::sync_folder(target.parent_path());
    }

  private:
    std::string path_;
    Descriptor file_;
    bool kept_ = false;
};

// The file is there, a file, and the very one that was signed.
bool is_there(const fs::path& path, const trust::TargetFile& wanted) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat about{};
    if (file.number() < 0 || ::fstat(file.number(), &about) != 0 || !S_ISREG(about.st_mode) ||
        static_cast<std::uint64_t>(about.st_size) != wanted.length)
        return false;
    auto stream = trust::TargetStream::expect(wanted);
    if (!stream.ok()) return false;
    std::array<std::uint8_t, 64 << 10> piece{};
    for (;;) {
        const ssize_t read = ::read(file.number(), piece.data(), piece.size());
        if (read < 0 && errno == EINTR) continue;
        if (read < 0) return false;
        if (read == 0) return stream->finish().ok();
        if (!stream->update(base::ByteView(piece.data(), static_cast<std::size_t>(read))).ok()) return false;
    }
}

} // namespace

Status initialise(const Folder& folder, base::ByteView root, base::TimePoint now) {
    const metadata::JsonReader reader;
    TRY(trust::TrustedSet::start(root, now, reader));
    const fs::path file = folder.path() / trust::local_name("root");
    std::error_code error;
    if (fs::exists(file, error)) {
        TRY_VALUE(const std::string present, system::read_bounded(file, trust::limits::root_bytes));
        if (present == base::as_text(root)) return {};
        return base::conflict(folder.path().string() +
                              " trusts another root already; begin anew with an empty folder");
    }
    return folder.apply({trust::Persist{trust::local_name("root"), base::Bytes(root.begin(), root.end())}});
}

Updater::Updater(const Folder& folder, std::string metadata_url, base::TimePoint now)
    : folder_(folder), url_(folder_url(std::move(metadata_url))), now_(now),
      metadata_fetcher_(options(std::chrono::seconds(120))),
      target_fetcher_(options(std::chrono::hours(12))) {}

Status Updater::begin() {
    TRY_VALUE(trust::Client::Stored stored, folder_.read());
    client_.emplace(std::move(stored), now_, reader_);
    return {};
}

Result<trust::Step> Updater::answer(const trust::Fetch& fetch) {
    base::Bytes bytes;
    ports::FetchWish wish;
    wish.url = url_ + fetch.name;
    wish.largest = fetch.max_bytes;
    const ports::Fetcher::Taker taker{[](const ports::FetchAnswer&) -> Status { return {}; },
                                      [&](base::ByteView piece) -> Status {
                                          bytes.insert(bytes.end(), piece.begin(), piece.end());
                                          return {};
                                      },
                                      [] { return false; }};
    const auto got = metadata_fetcher_.fetch(wish, taker);
    if (!got.ok()) return client_->failed(got.error());
    if (got->status == 200) return client_->received(bytes);
    // Object stores say 403 of what they do not have to those who may not list it.
    if (got->status == 404 || got->status == 403 || got->status == 410) return client_->missing();
    return client_->failed(refusal(got->status));
}

// Until nothing is to be fetched any more; what is trusted on the way is durable before the next request.
Result<trust::Step> Updater::drive(trust::Step step) {
    for (;;) {
        TRY(folder_.apply(step.effects));
        const auto* fetch = std::get_if<trust::Fetch>(&step.next);
        if (fetch == nullptr) break;
        TRY_VALUE(step, answer(*fetch));
    }
    if (auto* failed = std::get_if<trust::Failed>(&step.next)) return std::move(failed->error);
    return step;
}

Status Updater::refresh() {
    TRY(drive(client_->refresh()));
    return {};
}

Result<bool> Updater::download(const std::string& path, std::string base_url, const fs::path& into) {
    TRY_VALUE(const trust::Step step, drive(client_->look_up(path)));
    const auto* found = std::get_if<trust::Found>(&step.next);
    if (found == nullptr) return base::not_found("no role that may speak of \"" + path + "\" lists it");
    const trust::TargetFile& file = found->file;
    TRY_VALUE(trust::TargetStream stream, trust::TargetStream::expect(file));

    // One name in one folder, whatever the path says.
    const std::string name = base::percent_encoded(path);
    if (name.size() > NAME_MAX) return base::invalid("\"" + path + "\" is too long for the name of a file");
    std::error_code error;
    fs::create_directories(into, error);
    if (error) return base::unavailable(into.string() + ": " + error.message());
    const fs::path target = into / name;
    if (is_there(target, file)) return false;

    Draft draft(into);
    if (!draft.made()) return base::unavailable("no file can be made in " + into.string());
    const std::string hash =
        file.hashes.sha256 ? file.hashes.sha256->hex() : base::to_hex(*file.hashes.sha512);
    ports::FetchWish wish;
    wish.url = folder_url(std::move(base_url)) +
               trust::escape_path(
                   client_->trusted()->root().consistent_snapshot ? trust::served_target(path, hash) : path);
    wish.largest = file.length;
    const ports::Fetcher::Taker taker{[](const ports::FetchAnswer&) -> Status { return {}; },
                                      [&](base::ByteView piece) -> Status {
                                          TRY(stream.update(piece));
                                          return draft.write(piece);
                                      },
                                      [] { return false; }};
    TRY_VALUE(const ports::FetchAnswer answer, target_fetcher_.fetch(wish, taker));
    if (answer.status != 200) return refusal(answer.status);
    TRY(stream.finish());
    TRY(draft.become(target));
    return true;
}

} // namespace oakum::tuf
