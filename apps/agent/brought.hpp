// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "files.hpp"
#include "identity.hpp"

#include <base/log.hpp>
#include <ports/carried_folder.hpp>
#include <updates/state.hpp>
#include <updates/trusted_targets.hpp>

#include <string>
#include <string_view>

namespace oakum::agent {

// How `oakum-agent install` and the running agent speak: DIR/brought/asked.json names a folder, answer.json
// says what came of it, and used.json is the one that an update under way came in. All are private to the
// device and written whole.
struct Asked {
    std::string id; // of this asking, to know its answer by
    std::filesystem::path folder;
};
struct Answered {
    enum class State : std::uint8_t { refused, taken, ended } state = State::refused;
    std::string id, deployment, detail;
    std::uint32_t attempt = 0;
    std::vector<std::string> receipts; // names of those that were written into the folder
};
std::string encode(const Asked& asked);
std::string encode(const Answered& answered);
// Errors: invalid.
base::Result<Asked> decode_asked(std::string_view json);
base::Result<Answered> decode_answered(std::string_view json);

// The folder that was named, as the agent reads it. It is opened anew for each look and let go of, so that
// its medium can be pulled out at any time, and plugged in again.
class BroughtFolder final : public updates::Carrier, private updates::Repository {
  public:
    // `trusted`: what the agent trusts of the network's metadata, and of a folder's.
    BroughtFolder(std::filesystem::path notes, const FileIdentity& identity, updates::Keep& trusted,
                  const trust::Reader& reader, base::LogSink& log);

    // Readable when somebody named a folder.
    int watch() const { return watch_.number(); }

    std::string device() const override;
    std::optional<wire::Offer> brought() override;
    std::variant<base::Bytes, updates::NotTrusted> admit(base::TimePoint now) override;
    updates::Trust& trust() override { return trust_; }
    updates::Repository& repository() override { return *this; }
    base::Result<base::Bytes> direction() override;
    void refused(const std::string& why) override;
    void taken(const wire::Offer& offer) override;
    void ended(const std::vector<wire::Receipt>& receipts) override;

  private:
    base::Result<std::optional<base::Bytes>> metadata(const std::string& name,
                                                      std::uint64_t max_bytes) override;
    base::Result<std::optional<base::Bytes>> log_file(const std::string& name,
                                                      std::uint64_t max_bytes) override;
    base::Status artifact(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                          const updates::Piece& piece) override;
    base::Result<std::optional<base::Bytes>> file(std::string_view folder, const std::string& name,
                                                  std::uint64_t max_bytes) const;
    bool was_named();
    base::Result<std::unique_ptr<ports::CarriedFolder>> open() const;
    base::Result<base::Bytes> read(std::string_view folder, std::size_t max_bytes) const;
    std::optional<updates::NotTrusted> check_artifact(const trust::TargetFile& file) const;
    base::Result<std::string> write(const wire::Receipt& receipt) const;
    void answer(Answered answered);
    // The one that is looked at, else the one that is used.
    const std::optional<Asked>& present() const { return asked_ ? asked_ : used_; }
    void let_go();

    std::filesystem::path notes_;
    const FileIdentity& identity_;
    updates::TrustedTargets trust_;
    base::LogSink& log_;
    Descriptor watch_;
    bool look_ = true;
    std::optional<Asked> asked_, used_;
    base::Bytes order_;
    wire::Offer offer_;
};

// What an order says before anything is begun, for whoever stands before the device. Errors: not_found
// (nothing for this device), invalid, those of the folder.
struct Glimpse {
    wire::Offer offer;
    base::Digest256 artifact;
    base::TimePoint ends{};
};
base::Result<Glimpse> glimpse(ports::CarriedFolder& folder, const std::string& device,
                              const trust::Reader& reader);

} // namespace oakum::agent
