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

// One file for each draft, made anew when another list of releases was issued: only the newest can be
// followed.
base::Status Ceremonies::prepare() {
    const fs::path folder = keys_ / "outgoing";
    TRY(system::make_private_folder(folder));
    std::map<std::string, std::string> wanted;
    for (const auto& row : core_.control.list<ports::ReleaseRow>(device::kDefaultTenant)) {
        if (row->state != "draft") continue;
        const std::string name = file_name(*row);
        const auto before = prepared_.find(name);
        if (before != prepared_.end() && before->second == shown_.targets) {
            wanted.insert(*before);
            continue;
        }
        const auto ceremony = releases_.prepare(device::kDefaultTenant, row->id);
        if (!ceremony.ok()) continue; // its artifact is missing: there is nothing to sign yet
        TRY(system::write_durably(folder / name, metadata::encode(*ceremony)));
        wanted.emplace(name, shown_.targets);
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
        const base::Status done = adopt(file);
        const fs::path away = keys_ / (done.ok() ? "adopted" : "refused");
        base::Status moved = system::make_private_folder(away);
        if (moved.ok() && !done.ok())
            moved = system::write_durably(away / (file.filename().string() + ".why.txt"),
                                          done.error().text() + "\n");
        fs::rename(file, away / file.filename(), error);
        warn("moving " + file.string() + " away", moved);
        log_.write(done.ok() ? base::LogLevel::info : base::LogLevel::warning, "trust",
                   file.filename().string() +
                       (done.ok() ? " was adopted" : " was refused: " + done.error().text()));
    }
}

base::Status Ceremonies::adopt(const fs::path& file) {
    TRY_VALUE(const std::string text, system::read_bounded(file, kMostIncoming));
    TRY_VALUE(metadata::Ceremony ceremony, metadata::read_ceremony(text));
    auto promise = std::make_shared<std::promise<base::Status>>();
    auto answer = promise->get_future();
    releases_.adopt(device::kDefaultTenant, "keys/incoming/" + file.filename().string(), std::move(ceremony),
                    [promise](base::Status status) { promise->set_value(std::move(status)); });
    // At the server's end nobody answers any more; then the file is looked at again after the next start.
    if (answer.wait_for(std::chrono::seconds(10)) != std::future_status::ready)
        return base::unavailable("the server was ending or busy; put the file into keys/incoming again");
    return answer.get();
}

} // namespace oakum::server
