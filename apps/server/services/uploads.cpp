// SPDX-License-Identifier: Apache-2.0
#include "uploads.hpp"

#include <algorithm>
#include <artifact/release.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::server {

using device::TenantId;

namespace {

constexpr std::uint64_t kLargest = std::uint64_t{64} << 30;

std::string document_of(api::UploadId id) {
    return "upload/" + id.text();
}
std::string blob_of(api::UploadId id) {
    return "u-" + id.text();
}

std::string text_of(const api::Upload& upload) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("name", upload.name)
        .member("length", upload.length)
        .member("sha256", upload.sha256.hex())
        .end_object();
    return text;
}

api::Artifact view_of(const ports::ArtifactRow& row) {
    return {row.digest, row.length, row.name, row.at, row.verified_at, row.damaged};
}

} // namespace

// Bytes go to the blob store as they arrive; the connection's file thread calls, so it may block.
class UploadsService::Piece final : public api::UploadPiece {
  public:
    Piece(UploadsService& service, TenantId tenant, api::Upload upload)
        : service_(service), tenant_(tenant), upload_(std::move(upload)) {}
    ~Piece() override { service_.release(upload_.id); }

    base::Status write(base::ByteView piece) override {
        if (upload_.offset + piece.size() > upload_.length)
            return base::too_large("more bytes than the " + std::to_string(upload_.length) +
                                   " that were announced");
        TRY(service_.blobs_.append(blob_of(upload_.id), upload_.offset, piece));
        upload_.offset += piece.size();
        return {};
    }
    void finish(api::Answer<api::Upload> answer) override { answer(upload_); }

  private:
    UploadsService& service_;
    TenantId tenant_;
    api::Upload upload_;
};

base::Result<api::Upload> UploadsService::stored(TenantId tenant, api::UploadId id) const {
    const std::string text = context_.core.control.document(tenant, document_of(id));
    if (text.empty()) return base::not_found("there is no such upload");
    TRY_VALUE(const json::Value value, json::parse(text));
    api::Upload upload;
    upload.id = id;
    TRY_VALUE(upload.name, value.string_at("name"));
    TRY_VALUE(upload.length, value.uint_at("length"));
    TRY_VALUE(const std::string digest, value.string_at("sha256"));
    TRY_VALUE(upload.sha256, base::Digest256::parse(digest));
    return upload;
}

// Whole: what is damaged may be uploaded again.
bool UploadsService::is_held(TenantId tenant, const base::Digest256& digest) const {
    const auto row = context_.core.control.find<ports::ArtifactRow>(tenant, digest);
    return row && !row->damaged;
}

base::Result<api::Upload> UploadsService::with_offset(TenantId tenant, api::Upload upload) const {
    if (is_held(tenant, upload.sha256)) {
        upload.offset = upload.length;
        upload.finished = true;
        return upload;
    }
    TRY_VALUE(upload.offset, blobs_.begin(blob_of(upload.id), upload.length));
    return upload;
}

void UploadsService::begin(const access::Actor& actor, api::UploadNew wish, api::Answer<api::Upload> answer) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::artifact_upload); !allowed.ok())
        return answer(std::move(allowed).error());
    if (wish.length == 0 || wish.length > kLargest)
        return answer(base::invalid("an artifact has 1 byte to 64 GiB").at("/length"));
    if (base::Status sound = artifact::check_name(wish.name); !sound.ok())
        return answer(std::move(sound.error()).at("/name"));
    const TenantId tenant = tenant_of(actor);
    api::Upload upload{
        context_.core.ids.next_as<api::UploadId>(), wish.name, wish.length, wish.sha256, 0, false};
    context_.core.writer.submit<api::Upload>(
        shard::control_of(tenant), shard::Priority::person,
        [upload](shard::Transaction& transaction) -> base::Result<api::Upload> {
            // The same bytes under the same name again: what is held of them counts.
            for (const auto& document : transaction.list<ports::DocumentRow>())
                if (document->name.starts_with("upload/") && document->body == text_of(upload)) {
                    api::Upload known = upload;
                    TRY_VALUE(known.id, api::UploadId::parse(std::string_view(document->name).substr(7)));
                    return known;
                }
            transaction.put(ports::DocumentRow{document_of(upload.id), text_of(upload)});
            return upload;
        },
        [this, tenant, answer = std::move(answer)](base::Result<api::Upload> made) {
            if (!made.ok()) return answer(std::move(made));
            context_.background.post(
                [this, tenant, upload = *made, answer] { answer(with_offset(tenant, upload)); });
        });
}

void UploadsService::get(const access::Actor& actor, api::UploadId id, api::Answer<api::Upload> answer) {
    context_.background.post([this, tenant = tenant_of(actor), id, answer = std::move(answer)] {
        auto upload = stored(tenant, id);
        answer(upload.ok() ? with_offset(tenant, std::move(*upload)) : std::move(upload));
    });
}

base::Result<std::unique_ptr<api::UploadPiece>>
UploadsService::append(const access::Actor& actor, api::UploadId id, std::uint64_t offset) {
    const TenantId tenant = tenant_of(actor);
    TRY_VALUE(api::Upload upload, stored(tenant, id));
    TRY_VALUE(upload, with_offset(tenant, std::move(upload)));
    if (upload.finished || offset != upload.offset)
        return base::conflict("the server holds " + std::to_string(upload.offset) +
                              " bytes of this upload; go on from there");
    base::Lock lock(mutex_);
    if (!busy_.insert(id).second) return base::conflict("another piece of this upload is under way");
    return std::unique_ptr<api::UploadPiece>(std::make_unique<Piece>(*this, tenant, std::move(upload)));
}

void UploadsService::release(api::UploadId id) {
    base::Lock lock(mutex_);
    busy_.erase(id);
}

void UploadsService::finish(const access::Actor& actor, api::UploadId id, api::Answer<api::Artifact> answer) {
    const TenantId tenant = tenant_of(actor);
    context_.background.post([this, actor, tenant, id, answer = std::move(answer)] {
        const auto upload = stored(tenant, id);
        if (!upload.ok()) return answer(upload.error());
        if (!is_held(tenant, upload->sha256))
            if (base::Status made = blobs_.finish(blob_of(id), upload->sha256); !made.ok())
                return answer(std::move(made).error());
        releases_.add_artifact(
            actor, upload->sha256, upload->length, upload->name,
            [this, tenant, id, digest = upload->sha256, answer](base::Status added) {
                if (!added.ok()) return answer(std::move(added).error());
                context_.core.writer.submit(
                    shard::control_of(tenant), shard::Priority::person,
                    [id](shard::Transaction& transaction) -> base::Status {
                        transaction.put(ports::DocumentRow{document_of(id), ""});
                        return {};
                    },
                    [this, tenant, digest, answer](base::Status) {
                        const auto row = context_.core.control.find<ports::ArtifactRow>(tenant, digest);
                        if (!row) return answer(base::bug("the artifact was stored and cannot be found"));
                        answer(view_of(*row));
                    });
            });
    });
}

void UploadsService::forget_stale(base::TimePoint written_before,
                                  const std::function<bool(const std::string&)>& holds) {
    for (const TenantId tenant : context_.core.control.tenants())
        for (const auto& document : context_.core.control.list<ports::DocumentRow>(tenant)) {
            if (!document->name.starts_with("upload/")) continue;
            const auto id = api::UploadId::parse(std::string_view(document->name).substr(7));
            // The upper bits of an id are when it was made.
            if (!id.ok() ||
                base::from_unix_ms(static_cast<std::int64_t>(id->get().high >> 16)) >= written_before ||
                holds(blob_of(*id)))
                continue;
            context_.core.writer.submit(
                shard::control_of(tenant), shard::Priority::telemetry,
                [name = document->name](shard::Transaction& transaction) -> base::Status {
                    transaction.put(ports::DocumentRow{name, ""});
                    return {};
                },
                [](base::Status) {});
        }
}

void UploadsService::artifacts(const access::Actor& actor, api::PageRequest page,
                               api::Answer<api::Page<api::Artifact>> answer) {
    std::vector<api::Artifact> views;
    for (const auto& row : context_.core.control.list<ports::ArtifactRow>(tenant_of(actor)))
        views.push_back(view_of(*row));
    std::sort(views.begin(), views.end(),
              [](const api::Artifact& a, const api::Artifact& b) { return a.at > b.at; });
    answer(page_of(std::move(views), page));
}

} // namespace oakum::server
