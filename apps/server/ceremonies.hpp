// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <releases/releases.hpp>

#include <future>
#include <map>
#include <optional>
#include <string>

namespace oakum::server {

// The server's end of signing elsewhere (docs/keys.md), by files that people carry:
//   keys/public/root.json, targets.json   what devices trust now
//   keys/outgoing/publish-NAME-VERSION.json   what a draft release needs signed
//   keys/incoming/*.json   what comes back; afterwards in keys/adopted, or in keys/refused with the reason
//   beside it
// Used by one thread, which may wait for a disk and for the writer.
class Ceremonies {
  public:
    Ceremonies(std::filesystem::path keys, fleet::Core& core, releases::Repository& repository,
               releases::Releases& releases, base::LogSink& log)
        : keys_(std::move(keys)), core_(core), repository_(repository), releases_(releases), log_(log) {}

    // Called every few seconds.
    void look();

  private:
    base::Status show_present();
    base::Status prepare();
    void take_in();
    void begin(const std::filesystem::path& file);
    // Waits a little for the answer to what was asked, and puts the file away with it.
    bool is_done();
    bool is_adopted(const metadata::Ceremony& ceremony) const;
    void put_away(const std::filesystem::path& file, const base::Status& done);
    void warn(const std::string& doing, const base::Status& status);

    const std::filesystem::path keys_;
    fleet::Core& core_;
    releases::Repository& repository_;
    releases::Releases& releases_;
    base::LogSink& log_;
    releases::Repository::Present shown_;
    std::map<std::string, std::string>
        prepared_; // file to the draft and the list of releases that it follows
    // The file that the writer has not answered yet.
    struct Asked {
        std::filesystem::path file;
        std::future<base::Status> answer;
    };
    std::optional<Asked> asked_;
    // Files that could not be moved away, as they were when they were done with.
    std::map<std::filesystem::path, std::filesystem::file_time_type> done_with_;
    std::string warned_; // said once until it is another one
};

} // namespace oakum::server
