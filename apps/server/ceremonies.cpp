// SPDX-License-Identifier: Apache-2.0
#include "ceremonies.hpp"

#include <device/ids.hpp>
#include <metadata/ceremony.hpp>
#include <system/file.hpp>

#include <algorithm>
#include <future>

namespace oakum::server {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostIncoming = 16 << 20;
constexpr int kMostAtOnce = 32;
constexpr auto kPatience = std::chrono::seconds(10);

std::string file_name(const ports::ReleaseRow& release) {
    std::string name = "publish-" + release.name + "-" + release.version + ".json";
    for (char& c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
              c == '_' || c == '-' || c == '+'))
            c = '_';
    return name;
}

// Nobody is still copying it here.
bool has_settled(const fs::path& file) {
    std::error_code error;
    const auto age = fs::file_time_type::clock::now() - fs::last_write_time(file, error);
    return !error && (age > std::chrono::seconds(2) || age < std::chrono::seconds(0));
}

} // namespace

void Ceremonies::look() {
    warn("writing what people sign", show_present());
    warn("writing what people sign", prepare());
    take_in();
}

void Ceremonies::warn(const std::string& doing, const base::Status& status) {
    if (status.ok()) return;
    const std::string text = doing + ": " + status.error().text();
    if (text == warned_) return;
    warned_ = text;
    log_.write(base::LogLevel::warning, "trust", text);
}

base::Status Ceremonies::show_present() {
    TRY_VALUE(releases::Repository::Present now, repository_.present(device::kDefaultTenant));
    if (now.root == shown_.root && now.targets == shown_.targets) return {};
    for (const auto& [name, text] :
         {std::pair("root.json", &now.root), std::pair("targets.json", &now.targets)})
        TRY(system::write_durably(keys_ / "public" / name, *text, system::FileMode::readable_by_all));
    shown_ = std::move(now);
    return {};
}

// One file for each draft, made anew when it was changed, or another list of releases was issued: only the
// newest can be followed.
base::Status Ceremonies::prepare() {
    const fs::path folder = keys_ / "outgoing";
    TRY(system::make_private_folder(folder));
    std::map<std::string, std::string> wanted;
    for (const auto& row : core_.control.list<ports::ReleaseRow>(device::kDefaultTenant)) {
        if (row->state != "draft") continue;
        const std::string name = file_name(*row);
        const std::string follows = std::to_string(row->row_version) + " " + shown_.targets;
        const auto before = prepared_.find(name);
        if (before != prepared_.end() && before->second == follows) {
            wanted.insert(*before);
            continue;
        }
        const auto ceremony = releases_.prepare(device::kDefaultTenant, row->id);
        if (!ceremony.ok()) continue; // its artifact is missing: there is nothing to sign yet
        TRY(system::write_durably(folder / name, metadata::encode(*ceremony)));
        wanted.emplace(name, follows);
    }
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
        const std::string name = each->path().filename();
        if (name.starts_with("publish-") && name.ends_with(".json") && !wanted.contains(name))
            fs::remove(each->path(), error);
    }
    prepared_ = std::move(wanted);
    return {};
}

void Ceremonies::take_in() {
    // One at a time. A writer that is busy may still adopt it: it is not refused for that.
    if (asked_ && !is_done()) return;
    const fs::path folder = keys_ / "incoming";
    if (const base::Status made = system::make_private_folder(folder); !made.ok())
        return warn("making " + folder.string(), made);
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator each(folder, error), end;
         !error && each != end && static_cast<int>(files.size()) < kMostAtOnce; each.increment(error))
        if (each->path().extension() == ".json" && each->is_regular_file(error) && has_settled(each->path()))
            files.push_back(each->path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
        const auto before = done_with_.find(file);
        if (before != done_with_.end() && before->second == fs::last_write_time(file, error)) continue;
        begin(file);
        if (!is_done()) return;
    }
}

void Ceremonies::put_away(const fs::path& file, const base::Status& done) {
    const fs::path away = keys_ / (done.ok() ? "adopted" : "refused");
    base::Status moved = system::make_private_folder(away);
    if (moved.ok() && !done.ok())
        moved =
            system::write_durably(away / (file.filename().string() + ".why.txt"), done.error().text() + "\n");
    std::error_code error;
    fs::rename(file, away / file.filename(), error);
    if (error && moved.ok()) moved = base::unavailable(error.message() + "; it is not looked at again");
    if (error)
        done_with_[file] = fs::last_write_time(file, error);
    else
        done_with_.erase(file);
    warn("moving " + file.string() + " to " + away.string(), moved);
    log_.write(done.ok() ? base::LogLevel::info : base::LogLevel::warning, "trust",
               file.filename().string() +
                   (done.ok() ? " was adopted" : " was refused: " + done.error().text()));
}

// Adopted before the last end of the server, which came between that and the move.
bool Ceremonies::is_adopted(const metadata::Ceremony& ceremony) const {
    return std::all_of(ceremony.documents.begin(), ceremony.documents.end(), [&](const auto& document) {
        const base::Bytes bytes = metadata::envelope(document.signed_json, document.signatures);
        return base::as_text(bytes) == (document.role == "root" ? shown_.root : shown_.targets);
    });
}

void Ceremonies::begin(const fs::path& file) {
    auto promise = std::make_shared<std::promise<base::Status>>();
    asked_.emplace(Asked{file, promise->get_future()});
    auto text = system::read_bounded(file, kMostIncoming);
    if (!text.ok()) return promise->set_value(std::move(text).error());
    auto ceremony = metadata::read_ceremony(*text);
    if (!ceremony.ok()) return promise->set_value(std::move(ceremony).error());
    if (is_adopted(*ceremony)) return promise->set_value({});
    releases_.adopt(device::kDefaultTenant, "keys/incoming/" + file.filename().string(), std::move(*ceremony),
                    [promise](base::Status status) { promise->set_value(std::move(status)); });
}

bool Ceremonies::is_done() {
    if (asked_->answer.wait_for(kPatience) != std::future_status::ready) return false;
    const base::Status done = asked_->answer.get();
    const fs::path file = std::move(asked_->file);
    asked_.reset();
    put_away(file, done);
    return true;
}

} // namespace oakum::server
