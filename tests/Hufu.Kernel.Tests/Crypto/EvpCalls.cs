using System.Runtime.InteropServices;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>The calls of libcrypto.so.3 (OpenSSL 3.0) that tests and benches make; what they mean stands in OpenSSL's manual pages of the same names.</summary>
internal static unsafe partial class EvpCalls
{
    private const string Library = "libcrypto.so.3";

    /// <summary>Anything but 1 is a refusal.</summary>
    internal static void Check(int result)
    {
        if (result != 1)
        {
            throw new InvalidOperationException("libcrypto refused a call.");
        }
    }

    [LibraryImport(Library)]
    internal static partial nint BN_bin2bn(byte* octets, int length, nint result);

    [LibraryImport(Library)]
    internal static partial void BN_free(nint number);

    [LibraryImport(Library)]
    internal static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(Library)]
    internal static partial int EVP_CIPHER_CTX_set_padding(nint context, int padding);

    [LibraryImport(Library)]
    internal static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Library)]
    internal static partial int EVP_CipherUpdate(nint context, byte* output, out int length, byte* input, int inputLength);

    [LibraryImport(Library)]
    internal static partial int EVP_Digest(byte* data, nuint length, byte* digest, nint size, nint type, nint engine);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestSign(nint context, byte* signature, ref nuint length, byte* message, nuint messageLength);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestSignInit(nint context, nint keyContext, nint type, nint engine, nint key);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestVerify(nint context, byte* signature, nuint length, byte* message, nuint messageLength);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestVerifyInit(nint context, nint keyContext, nint type, nint engine, nint key);

    [LibraryImport(Library)]
    internal static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial nint EVP_MD_CTX_new();

    [LibraryImport(Library)]
    internal static partial void EVP_MD_CTX_set_pkey_ctx(nint context, nint keyContext);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial nint EVP_PKEY_CTX_new(nint key, nint engine);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EVP_PKEY_CTX_new_from_name(nint library, string name, string? query);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_CTX_set1_id(nint context, byte* id, int length);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_decrypt(nint context, byte* output, ref nuint length, byte* input, nuint inputLength);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_decrypt_init(nint context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_encrypt(nint context, byte* output, ref nuint length, byte* input, nuint inputLength);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_encrypt_init(nint context);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_fromdata(nint context, out nint key, int selection, nint parameters);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_fromdata_init(nint context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_generate(nint context, out nint key);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_keygen_init(nint context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_sign(nint context, byte* output, ref nuint length, byte* input, nuint inputLength);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_sign_init(nint context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_verify(nint context, byte* signature, nuint length, byte* input, nuint inputLength);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_verify_init(nint context);

    [LibraryImport(Library)]
    internal static partial nint EVP_sm3();

    [LibraryImport(Library)]
    internal static partial nint EVP_sm4_cbc();

    [LibraryImport(Library)]
    internal static partial nint EVP_sm4_ctr();

    [LibraryImport(Library)]
    internal static partial nint EVP_sm4_ecb();

    [LibraryImport(Library)]
    internal static partial void OSSL_PARAM_BLD_free(nint builder);

    [LibraryImport(Library)]
    internal static partial nint OSSL_PARAM_BLD_new();

    [LibraryImport(Library)]
    internal static partial int OSSL_PARAM_BLD_push_BN(nint builder, byte* name, nint value);

    [LibraryImport(Library)]
    internal static partial int OSSL_PARAM_BLD_push_octet_string(nint builder, byte* name, byte* value, nuint length);

    [LibraryImport(Library)]
    internal static partial int OSSL_PARAM_BLD_push_utf8_string(nint builder, byte* name, byte* value, nuint length);

    [LibraryImport(Library)]
    internal static partial nint OSSL_PARAM_BLD_to_param(nint builder);

    [LibraryImport(Library)]
    internal static partial void OSSL_PARAM_free(nint parameters);
}
