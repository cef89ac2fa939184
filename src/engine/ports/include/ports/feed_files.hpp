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

// Raw feeds as they were imported, and the file that is compiled from them. Blocking; callable from several
// threads.
class FeedFiles {
  public:
    virtual ~FeedFiles() = default;
    virtual base::Result<std::unique_ptr<IncomingFeed>> begin() = 0;
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
    // Errors: not_found (none was compiled yet).
    virtual base::Result<std::shared_ptr<const CompiledAdvisories>> compiled() = 0;
};

} // namespace oakum::ports
