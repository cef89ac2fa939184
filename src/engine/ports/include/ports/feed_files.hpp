// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace oakum::ports {

// The compiled advisories as a mapped file; the bytes last as long as this does.
class CompiledAdvisories {
  public:
    virtual ~CompiledAdvisories() = default;
    virtual base::ByteView bytes() const = 0;
};

// A feed on its way in: bytes as they arrive, one thread at a time. Destroyed unkept, it leaves nothing
// behind.
class IncomingFeed {
  public:
    virtual ~IncomingFeed() = default;
    // Errors: unavailable (disk full), too_large.
    virtual base::Status write(base::ByteView piece) = 0;
    // Durable under a name of its own that `read` and `keep` take. Errors: unavailable.
    virtual base::Result<std::string> finish() = 0;
};

// A download that may be cut off and taken up again, also after a restart: bytes, and a note of what they are
// and how far they reach. One thread at a time.
class PartialFeed {
  public:
    virtual ~PartialFeed() = default;
    virtual std::uint64_t size() const = 0;
    virtual const std::string& note() const = 0;
    // Durable, after the bytes that were written before it. Errors: unavailable.
    virtual base::Status set_note(std::string note) = 0;
    // Lets go of the bytes from there on.
    virtual base::Status cut(std::uint64_t size) = 0;
    // Errors: unavailable (disk full), too_large.
    virtual base::Status write(base::ByteView piece) = 0;
    // As IncomingFeed's; afterwards there is no such download any more.
    virtual base::Result<std::string> finish() = 0;
};

// Raw feeds as they were imported, and the file that is compiled from them. Blocking; callable from several
// threads.
class FeedFiles {
  public:
    virtual ~FeedFiles() = default;
    virtual base::Result<std::unique_ptr<IncomingFeed>> begin() = 0;
    // The download of that name as far as it came, or a new one. Errors: unavailable.
    virtual base::Result<std::unique_ptr<PartialFeed>> resume(const std::string& name) = 0;
    // Lets go of every download that none of these names is.
    virtual base::Status forget_partial_except(const std::vector<std::string>& names) = 0;
    // Bytes that may still be written, with some left over for everything else. Errors: unavailable.
    virtual base::Result<std::uint64_t> room() = 0;
    // The raw feeds that are kept, by name, sorted.
    virtual base::Result<std::vector<std::string>> kept() = 0;
    // A kept or incoming file in pieces, to its end or the first error of `piece`. Errors: not_found,
    // unavailable.
    virtual base::Status read(const std::string& name,
                              const std::function<base::Status(base::ByteView)>& piece) = 0;
    // An incoming file becomes the kept feed `name`, in place of an older one.
    virtual base::Status keep(const std::string& incoming, const std::string& name) = 0;
    virtual base::Status discard(const std::string& incoming) = 0;
    // Replaces the compiled file whole: a reader has the old one or the new one.
    virtual base::Status replace_compiled(base::ByteView bytes) = 0;
    // Whether a feed was kept since then; survives a restart.
    virtual bool kept_since_compiled() = 0;
    // What EPSS said on earlier days; replaced whole. Errors: not_found, unavailable.
    virtual base::Result<base::Bytes> scores() = 0;
    virtual base::Status replace_scores(base::ByteView bytes) = 0;
    // Errors: not_found (none was compiled yet).
    virtual base::Result<std::shared_ptr<const CompiledAdvisories>> compiled() = 0;
};

} // namespace oakum::ports
