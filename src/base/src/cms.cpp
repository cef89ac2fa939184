// SPDX-License-Identifier: Apache-2.0
#include <base/cms.hpp>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

namespace oakum::base {
namespace {

template <auto free> struct Free {
    template <class T> void operator()(T* p) const { free(p); }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Message = std::unique_ptr<CMS_ContentInfo, Free<CMS_ContentInfo_free>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); } // the certificates are not its own
};
using Stack = std::unique_ptr<STACK_OF(X509), FreeStack>;

Bio reading(ByteView bytes) {
    return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

Result<Certificate> parse(std::string_view pem) {
    if (pem.size() > 64 << 10) return too_large("a certificate of more than 64 KiB");
    const Bio bio = reading(as_bytes(pem));
    Certificate certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
    ERR_clear_error();
    if (!certificate) return invalid("not a certificate in PEM (-----BEGIN CERTIFICATE-----)");
    return certificate;
}

std::string subject_of(X509* certificate) {
    const Bio out(BIO_new(BIO_s_mem()));
    if (!out || X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0,
                                   XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
        return "";
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

bool is_strong(int digest) {
    return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512 || digest == NID_sha3_256 ||
           digest == NID_sha3_384 || digest == NID_sha3_512;
}

Status check_digests(CMS_ContentInfo* message) {
    const STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(message);
    if (signers == nullptr || sk_CMS_SignerInfo_num(signers) == 0) return invalid("nobody signed it");
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); ++i) {
        X509_ALGOR* digest = nullptr;
        CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, i), nullptr, nullptr, &digest, nullptr);
        const ASN1_OBJECT* name = nullptr;
        if (digest != nullptr) X509_ALGOR_get0(&name, nullptr, nullptr, digest);
        if (name == nullptr || !is_strong(OBJ_obj2nid(name)))
            return invalid("its digest is weaker than SHA-256");
    }
    return {};
}

std::string reason() {
    const char* text = nullptr;
    int flags = 0;
    const unsigned long code = ERR_peek_last_error_all(nullptr, nullptr, nullptr, &text, &flags);
    std::string words = ERR_reason_error_string(code) == nullptr ? "" : ERR_reason_error_string(code);
    if (text != nullptr && (flags & ERR_TXT_STRING) != 0 && *text != '\0')
        words += " (" + std::string(text) + ")";
    ERR_clear_error();
    return words;
}

// What a message is over, as OpenSSL reads it.
struct Feed {
    const ContentPieces& next;
    Bytes piece;
    std::size_t at = 0;
    Status failed;
};

int read_piece(BIO* bio, char* to, int size) {
    auto& feed = *static_cast<Feed*>(BIO_get_data(bio));
    if (!feed.failed.ok() || size <= 0) return -1;
    if (feed.at == feed.piece.size()) {
        auto next = feed.next();
        if (!next.ok()) {
            feed.failed = Error(next.error());
            return -1;
        }
        feed.piece = std::move(*next);
        feed.at = 0;
    }
    const std::size_t count = std::min(static_cast<std::size_t>(size), feed.piece.size() - feed.at);
    std::copy_n(feed.piece.begin() + static_cast<std::ptrdiff_t>(feed.at), count, to);
    feed.at += count;
    return static_cast<int>(count);
}

long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

// Reads once from there, which has to outlive it.
Bio feeding(Feed& feed) {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pieces");
        if (made != nullptr) {
            BIO_meth_set_read(made, read_piece);
            BIO_meth_set_ctrl(made, control);
        }
        return made;
    }();
    Bio bio(method == nullptr ? nullptr : BIO_new(method));
    if (bio) {
        BIO_set_data(bio.get(), &feed);
        BIO_set_init(bio.get(), 1);
    }
    return bio;
}

Result<Message> read(ByteView message) {
    if (message.size() > kLargestCms) return too_large("a signature of more than 64 KiB");
    const Bio in = reading(message);
    Message cms(in ? d2i_CMS_bio(in.get(), nullptr) : nullptr);
    ERR_clear_error();
    if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed)
        return invalid("it is no signed message");
    return cms;
}

// Who signed it. `data`: what it is over; none: what it carries, which is then written to `out`.
Result<std::string> verify(CMS_ContentInfo* cms, BIO* data, BIO* out, std::string_view pinned_pem,
                           TimePoint at) {
    if (data == nullptr && out == nullptr) return invalid("there is no room to check it");
    TRY_VALUE(const Certificate pinned, parse(pinned_pem));
    TRY(check_digests(cms));
    const Store store(X509_STORE_new());
    const Stack also(sk_X509_new_null());
    if (!store || !also || X509_STORE_add_cert(store.get(), pinned.get()) != 1 ||
        sk_X509_push(also.get(), pinned.get()) == 0)
        return invalid("the pinned certificate cannot be used");
    X509_VERIFY_PARAM* rules = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_ANY);
    X509_VERIFY_PARAM_set_time(rules, unix_seconds(at));
    if (CMS_verify(cms, also.get(), store.get(), data, out, CMS_BINARY) != 1)
        return invalid("it does not verify: " + reason());
    const Stack signers(CMS_get0_signers(cms));
    if (!signers || sk_X509_num(signers.get()) == 0) return invalid("nobody signed it");
    return subject_of(sk_X509_value(signers.get(), 0));
}

} // namespace

Result<std::string> read_certificate(std::string_view pem) {
    TRY_VALUE(const Certificate certificate, parse(pem));
    return subject_of(certificate.get());
}

Result<bool> carries_content(ByteView message) {
    TRY_VALUE(const Message cms, read(message));
    return CMS_is_detached(cms.get()) == 0;
}

Result<std::string> verify_cms(ByteView message, ByteView content, std::string_view pinned_pem,
                               TimePoint at) {
    if (content.size() > INT32_MAX) return too_large("what is signed has more than 2 GiB");
    TRY_VALUE(const Message cms, read(message));
    const Bio data = reading(content);
    return verify(cms.get(), data.get(), nullptr, pinned_pem, at);
}

Result<std::string> verify_cms(ByteView message, const ContentPieces& content, std::string_view pinned_pem,
                               TimePoint at) {
    TRY_VALUE(const Message cms, read(message));
    Feed feed{content, {}, 0, {}};
    const Bio data = feeding(feed);
    auto verified = verify(cms.get(), data.get(), nullptr, pinned_pem, at);
    if (!feed.failed.ok()) return Error(feed.failed.error());
    return verified;
}

Result<Bytes> open_cms(ByteView message, std::string_view pinned_pem, TimePoint at) {
    TRY_VALUE(const Message cms, read(message));
    if (CMS_is_detached(cms.get()) != 0) return invalid("it carries nothing that it signs");
    const Bio out(BIO_new(BIO_s_mem()));
    if (!out) return invalid("there is no room for what it carries");
    TRY(verify(cms.get(), nullptr, out.get(), pinned_pem, at));
    const unsigned char* bytes = nullptr;
    const long size = BIO_get_mem_data(out.get(), &bytes);
    return Bytes(bytes, bytes + size);
}

} // namespace oakum::base
