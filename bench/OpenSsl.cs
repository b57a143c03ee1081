using static Hufu.Kernel.Tests.Crypto.EvpCalls;

/// <summary>The peer: libcrypto.so.3 of the system through EVP, in process, contexts made once.</summary>
internal static unsafe class OpenSsl
{
    internal static nint GenerateKey()
    {
        nint context = EVP_PKEY_CTX_new_from_name(0, "SM2", null);
        Check(EVP_PKEY_keygen_init(context));
        Check(EVP_PKEY_generate(context, out nint key));
        EVP_PKEY_CTX_free(context);
        return key;
    }

    /// <summary>A context for one of sign, verify, encrypt and decrypt.</summary>
    internal static nint Context(nint key, string operation)
    {
        nint context = EVP_PKEY_CTX_new(key, 0);
        Check(operation switch
        {
            "sign" => EVP_PKEY_sign_init(context),
            "verify" => EVP_PKEY_verify_init(context),
            "encrypt" => EVP_PKEY_encrypt_init(context),
            "decrypt" => EVP_PKEY_decrypt_init(context),
            _ => 0,
        });
        return context;
    }

    internal static nint CipherContext(string mode, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypt)
    {
        nint context = EVP_CIPHER_CTX_new();
        fixed (byte* k = key, v = iv)
        {
            Check(EVP_CipherInit_ex(context, mode == "cbc" ? EVP_sm4_cbc() : EVP_sm4_ctr(), 0, k, v, encrypt ? 1 : 0));
        }

        Check(EVP_CIPHER_CTX_set_padding(context, 0));
        return context;
    }

    internal static void FreeKey(nint key) => EVP_PKEY_free(key);

    internal static int Sign(nint context, ReadOnlySpan<byte> digest, Span<byte> signature) => Transform(&EVP_PKEY_sign, context, digest, signature);

    internal static int Encrypt(nint context, ReadOnlySpan<byte> source, Span<byte> destination) => Transform(&EVP_PKEY_encrypt, context, source, destination);

    internal static int Decrypt(nint context, ReadOnlySpan<byte> source, Span<byte> destination) => Transform(&EVP_PKEY_decrypt, context, source, destination);

    internal static void Verify(nint context, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        fixed (byte* d = digest, s = signature)
        {
            Check(EVP_PKEY_verify(context, s, (nuint)signature.Length, d, (nuint)digest.Length));
        }
    }

    internal static void Sm3(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        fixed (byte* m = message, d = digest)
        {
            Check(EVP_Digest(m, (nuint)message.Length, d, 0, Type, 0));
        }
    }

    internal static void Update(nint context, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* s = source, d = destination)
        {
            Check(EVP_CipherUpdate(context, d, out _, s, source.Length));
        }
    }

    private static readonly nint Type = EVP_sm3();

    private static int Transform(delegate*<nint, byte*, ref nuint, byte*, nuint, int> operation, nint context, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        nuint length = (nuint)destination.Length;
        fixed (byte* s = source, d = destination)
        {
            Check(operation(context, d, ref length, s, (nuint)source.Length));
        }

        return (int)length;
    }
}
