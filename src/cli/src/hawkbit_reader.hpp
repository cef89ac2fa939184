// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/console.hpp>

#include <hawkbit_pages/pages.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace oakum::cli {

// What a running hawkBit tells who manages it. Asks again where it was overloaded, cut off or sent a page
// that cannot be read; what it does not tell after that is an error.
class HawkbitReader {
  public:
    // `authorization`: the header's value. Errors: invalid.
    static base::Result<HawkbitReader> open(ports::Fetcher& fetcher, Console& console, std::string url,
                                            std::string authorization);

    // The whole list, each record once; what cannot be read is added to `unreadable`.
    template <class Record>
    base::Result<std::vector<Record>> all(const std::string& path,
                                          base::Result<hawkbit_pages::Page<Record>> (*read)(std::string_view),
                                          std::vector<std::string>& unreadable) {
        std::vector<Record> records;
        std::set<std::string, std::less<>> known;
        for (std::uint64_t offset = 0;;) {
            TRY_VALUE(hawkbit_pages::Page<Record> page, one(page_path(path, offset), read));
            offset += page.asked;
            const bool last = offset >= page.total;
            if (page.asked == 0 && !last) return ended_early(path);
            std::size_t fresh = page.unreadable.size();
            for (Record& record : page.records)
                if (known.insert(record.id).second) {
                    records.push_back(std::move(record));
                    ++fresh;
                }
            for (std::string& why : page.unreadable)
                unreadable.push_back(path + ": " + std::move(why));
            if (last) return records;
            if (fresh == 0) return repeats(path);
            if (records.size() + unreadable.size() > kMost) return too_many(path);
        }
    }
    // One document. Errors: not_found, unauthenticated, denied, invalid, unavailable.
    template <class Value>
    base::Result<Value> one(const std::string& path, base::Result<Value> (*read)(std::string_view)) {
        constexpr unsigned kReadings = 3; // a page that was cut behind a proxy is whole HTTP and broken JSON
        for (unsigned reading = 1;; ++reading) {
            TRY_VALUE(const std::string body, get(path));
            auto value = read(body);
            if (value.ok()) return value;
            if (reading >= kReadings)
                return base::Error(value.error()).wrap("reading what " + path + " answers");
        }
    }
    // Into a file, from where it broke off. The caller looks whether it is the right one.
    base::Status download(const std::string& path, const std::filesystem::path& file, std::uint64_t size);

    const std::string& address() const { return url_; }

  private:
    static constexpr std::size_t kMost = 5'000'000;
    HawkbitReader(ports::Fetcher& fetcher, Console& console, std::string url, std::string authorization)
        : fetcher_(fetcher), console_(console), url_(std::move(url)),
          authorization_(std::move(authorization)) {}

    base::Result<std::string> get(const std::string& path);
    // Until it answers with success. `begin` before each try.
    base::Status patiently(const std::string& path, const std::function<ports::FetchWish()>& wish,
                           const ports::Fetcher::Taker& taker);
    static std::string page_path(const std::string& path, std::uint64_t offset);
    static base::Error ended_early(const std::string& path);
    static base::Error repeats(const std::string& path);
    static base::Error too_many(const std::string& path);

    ports::Fetcher& fetcher_;
    Console& console_;
    std::string url_, authorization_;
};

} // namespace oakum::cli
