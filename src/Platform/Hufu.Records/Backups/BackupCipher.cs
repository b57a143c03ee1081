using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>
/// The file of a backup: one line of JSON (format, id, base, time, the SM2 cipher of the file's key to the backup key), then frames: length (4 bytes, big endian) and SM4-GCM of
/// the frame's plaintext with its tag. The nonce counts the frames; the associated data are the head line, the number, and whether it is the last: nothing can be cut off or moved.
/// </summary>
internal static class BackupCipher
{
    internal const int MaxFrame = (256 * 1024) + 64;
    internal const int MaxManifest = 64 << 20;
    private const int TagSize = 16;
    private const int MaxHead = 16 * 1024;

    internal sealed record Head(string Format, string Id, string? Base, DateTimeOffset MadeAt, byte[] Key);

    internal sealed class Writer : IDisposable
    {
        private readonly Stream stream;
        private readonly Sm4Gcm cipher;
        private readonly byte[] head;
        private long number;

        internal Writer(Stream stream, string id, string? baseId, DateTimeOffset madeAt, Sm2PublicKey backupKey)
        {
            this.stream = stream;
            byte[] key = SecureRandom.GetBytes(16);
            try
            {
                cipher = new Sm4Gcm(key);
                head = JsonSerializer.SerializeToUtf8Bytes(new Head("HUFU-BACKUP 1", id, baseId, madeAt, Sm2Cipher.Encrypt(backupKey, key).Encode()), BackupManifest.Format);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }

            stream.Write(head);
            stream.WriteByte((byte)'\n');
        }

        internal void Frame(ReadOnlySpan<byte> plaintext, bool last)
        {
            var sealedFrame = new byte[4 + plaintext.Length + TagSize];
            BinaryPrimitives.WriteInt32BigEndian(sealedFrame, plaintext.Length + TagSize);
            cipher.Encrypt(Nonce(number), plaintext, sealedFrame.AsSpan(4, plaintext.Length), sealedFrame.AsSpan(4 + plaintext.Length), Binding(head, number, last));
            stream.Write(sealedFrame);
            number++;
        }

        public void Dispose() => cipher.Dispose();
    }

    /// <summary>The head line of a backup file.</summary>
    internal static (Head Head, byte[] Line) ReadHead(Stream stream)
    {
        var line = new List<byte>();
        for (int one; (one = stream.ReadByte()) != '\n'; line.Add((byte)one))
        {
            if (one < 0 || line.Count >= MaxHead)
            {
                throw new BackupException(BackupError.Damaged, "Backup: the file has no head line: it is no backup, or it was cut off.");
            }
        }

        try
        {
            byte[] bytes = [.. line];
            return JsonSerializer.Deserialize<Head>(bytes, BackupManifest.Format) is { Format: "HUFU-BACKUP 1", Key: not null, Id: not null } head
                ? (head, bytes)
                : throw new BackupException(BackupError.Damaged, "Backup: the file is of another format.");
        }
        catch (JsonException e)
        {
            throw new BackupException(BackupError.Damaged, "Backup: the head line cannot be read.", e);
        }
    }

    /// <summary>Opens the frames one after the other; the last is given with <c>Last</c> set.</summary>
    internal static IEnumerable<(byte[] Plaintext, bool Last)> ReadFrames(Stream stream, Head head, byte[] line, IDecryptor key)
    {
        byte[] fileKey;
        try
        {
            fileKey = key.Decrypt(head.Key);
        }
        catch (PkiException e)
        {
            throw new BackupException(BackupError.Damaged, "Backup: this key does not open it: it was made for another backup key.", e);
        }

        using var cipher = new Sm4Gcm(fileKey);
        CryptographicOperations.ZeroMemory(fileKey);
        var lengthBytes = new byte[4];
        for (long number = 0; ; number++)
        {
            if (stream.ReadAtLeast(lengthBytes, 4, throwOnEndOfStream: false) < 4)
            {
                throw Cut(head);
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(lengthBytes);
            if (length is < TagSize or > MaxManifest)
            {
                throw Cut(head);
            }

            var frame = new byte[length];
            if (stream.ReadAtLeast(frame, length, throwOnEndOfStream: false) < length)
            {
                throw Cut(head);
            }

            var plaintext = new byte[length - TagSize];
            bool last = false;
            if (!cipher.TryDecrypt(Nonce(number), frame.AsSpan(0, plaintext.Length), frame.AsSpan(plaintext.Length), plaintext, Binding(line, number, last: false)))
            {
                last = true;
                if (!cipher.TryDecrypt(Nonce(number), frame.AsSpan(0, plaintext.Length), frame.AsSpan(plaintext.Length), plaintext, Binding(line, number, last: true)))
                {
                    throw Cut(head);
                }
            }

            yield return (plaintext, last);
            if (last)
            {
                yield break;
            }
        }
    }

    private static BackupException Cut(Head head) => new(BackupError.Damaged, $"Backup {head.Id}: its bytes were changed or cut off. Take another copy.");

    private static byte[] Nonce(long number)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(4), number);
        return nonce;
    }

    private static byte[] Binding(byte[] head, long number, bool last) => [.. Sm3.HashData(head), .. Encoding.ASCII.GetBytes($" {number} {(last ? "last" : "more")}")];
}
