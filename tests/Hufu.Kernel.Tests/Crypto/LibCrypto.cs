using static Hufu.Kernel.Tests.Crypto.EvpCalls;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>The system's OpenSSL 3.0 (libcrypto.so.3) as a second opinion on SM2, SM3 and SM4, through its EVP calls.</summary>
internal static unsafe class LibCrypto
{
    private const int PublicKeySelection = 0x86, KeyPairSelection = 0x87; // EVP_PKEY_PUBLIC_KEY, EVP_PKEY_KEYPAIR

    internal sealed class Key : IDisposable
    {
        internal nint Handle { get; private set; }

        /// <param name="point">04‖X‖Y.</param>
        /// <param name="d">The private key, big endian, or empty.</param>
        internal Key(ReadOnlySpan<byte> point, ReadOnlySpan<byte> d)
        {
            nint builder = OSSL_PARAM_BLD_new();
            nint scalar = 0;
            // The builder keeps pointers to names and values until to_param: they must stay.
            fixed (byte* p = point, s = d, group = "group\0"u8, curve = "SM2\0"u8, pub = "pub\0"u8, priv = "priv\0"u8)
            {
                Check(OSSL_PARAM_BLD_push_utf8_string(builder, group, curve, 0));
                Check(OSSL_PARAM_BLD_push_octet_string(builder, pub, p, (nuint)point.Length));
                if (!d.IsEmpty)
                {
                    scalar = BN_bin2bn(s, d.Length, 0);
                    Check(OSSL_PARAM_BLD_push_BN(builder, priv, scalar));
                }

                nint parameters = OSSL_PARAM_BLD_to_param(builder);
                nint context = EVP_PKEY_CTX_new_from_name(0, "SM2", null);
                Check(EVP_PKEY_fromdata_init(context));
                int taken = EVP_PKEY_fromdata(context, out nint handle, d.IsEmpty ? PublicKeySelection : KeyPairSelection, parameters);
                Handle = taken == 1 ? handle : 0;
                EVP_PKEY_CTX_free(context);
                OSSL_PARAM_free(parameters);
            }

            OSSL_PARAM_BLD_free(builder);
            BN_free(scalar);
        }

        internal bool IsValid => Handle != 0;

        public void Dispose()
        {
            EVP_PKEY_free(Handle);
            Handle = 0;
        }
    }

    /// <summary>DER SM2Signature.</summary>
    internal static byte[] Sign(Key key, ReadOnlySpan<byte> id, ReadOnlySpan<byte> message)
    {
        nint digest = EVP_MD_CTX_new(), context = Context(key, id);
        EVP_MD_CTX_set_pkey_ctx(digest, context);
        Check(EVP_DigestSignInit(digest, 0, EVP_sm3(), 0, key.Handle));
        byte[] signature = new byte[80];
        nuint length = (nuint)signature.Length;
        fixed (byte* m = message, s = signature)
        {
            Check(EVP_DigestSign(digest, s, ref length, m, (nuint)message.Length));
        }

        EVP_MD_CTX_free(digest);
        EVP_PKEY_CTX_free(context);
        return signature[..(int)length];
    }

    internal static bool Verify(Key key, ReadOnlySpan<byte> id, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        nint digest = EVP_MD_CTX_new(), context = Context(key, id);
        EVP_MD_CTX_set_pkey_ctx(digest, context);
        Check(EVP_DigestVerifyInit(digest, 0, EVP_sm3(), 0, key.Handle));
        int right;
        fixed (byte* m = message, s = signature)
        {
            right = EVP_DigestVerify(digest, s, (nuint)signature.Length, m, (nuint)message.Length);
        }

        EVP_MD_CTX_free(digest);
        EVP_PKEY_CTX_free(context);
        return right == 1;
    }

    /// <summary>DER SM2Cipher.</summary>
    internal static byte[] Encrypt(Key key, ReadOnlySpan<byte> plaintext)
    {
        nint context = EVP_PKEY_CTX_new(key.Handle, 0);
        Check(EVP_PKEY_encrypt_init(context));
        byte[] output = new byte[plaintext.Length + 200];
        nuint length = (nuint)output.Length;
        fixed (byte* i = plaintext, o = output)
        {
            Check(EVP_PKEY_encrypt(context, o, ref length, i, (nuint)plaintext.Length));
        }

        EVP_PKEY_CTX_free(context);
        return output[..(int)length];
    }

    /// <summary>The plaintext, or null when it does not open.</summary>
    internal static byte[]? Decrypt(Key key, ReadOnlySpan<byte> ciphertext)
    {
        nint context = EVP_PKEY_CTX_new(key.Handle, 0);
        Check(EVP_PKEY_decrypt_init(context));
        byte[] output = new byte[ciphertext.Length + 64];
        nuint length = (nuint)output.Length;
        int done;
        fixed (byte* i = ciphertext, o = output)
        {
            done = EVP_PKEY_decrypt(context, o, ref length, i, (nuint)ciphertext.Length);
        }

        EVP_PKEY_CTX_free(context);
        return done == 1 ? output[..(int)length] : null;
    }

    internal static byte[] Sm3(ReadOnlySpan<byte> message)
    {
        byte[] digest = new byte[32];
        fixed (byte* m = message, d = digest)
        {
            Check(EVP_Digest(m, (nuint)message.Length, d, 0, EVP_sm3(), 0));
        }

        return digest;
    }

    /// <param name="mode">ecb, cbc or ctr.</param>
    /// <param name="key">16 octets.</param>
    /// <param name="iv">16 octets, or empty for ECB.</param>
    /// <param name="source">Whole blocks but for CTR.</param>
    /// <param name="encrypt">Direction.</param>
    internal static byte[] Sm4(string mode, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, bool encrypt)
    {
        nint context = EVP_CIPHER_CTX_new();
        nint cipher = mode switch { "ecb" => EVP_sm4_ecb(), "cbc" => EVP_sm4_cbc(), _ => EVP_sm4_ctr() };
        byte[] output = new byte[source.Length + 32];
        fixed (byte* k = key, v = iv, i = source, o = output)
        {
            Check(EVP_CipherInit_ex(context, cipher, 0, k, v, encrypt ? 1 : 0));
            Check(EVP_CIPHER_CTX_set_padding(context, 0));
            Check(EVP_CipherUpdate(context, o, out int length, i, source.Length));
            EVP_CIPHER_CTX_free(context);
            return output[..length];
        }
    }

    private static nint Context(Key key, ReadOnlySpan<byte> id)
    {
        nint context = EVP_PKEY_CTX_new(key.Handle, 0);
        fixed (byte* i = id)
        {
            Check(EVP_PKEY_CTX_set1_id(context, i, id.Length));
        }

        return context;
    }
}
