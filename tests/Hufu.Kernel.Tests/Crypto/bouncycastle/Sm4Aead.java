import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.AEADBlockCipher;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.util.encoders.Hex;

/** Answers one line for each line "gcm|ccm seal|open key nonce aad tagBits data": hexadecimal, "." for nothing; "refused" when the tag is wrong. */
public class Sm4Aead {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "US-ASCII"), 1 << 16);
        PrintStream out = new PrintStream(new java.io.BufferedOutputStream(System.out, 1 << 16), false, "US-ASCII");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] f = line.split(" ");
            AEADBlockCipher cipher = f[0].equals("gcm") ? new GCMBlockCipher(new SM4Engine()) : new CCMBlockCipher(new SM4Engine());
            cipher.init(f[1].equals("seal"), new AEADParameters(new KeyParameter(octets(f[2])), Integer.parseInt(f[5]), octets(f[3]), octets(f[4])));
            byte[] data = octets(f[6]);
            byte[] result = new byte[cipher.getOutputSize(data.length)];
            try {
                int length = cipher.processBytes(data, 0, data.length, result, 0);
                length += cipher.doFinal(result, length);
                out.println(length == 0 ? "." : Hex.toHexString(result, 0, length));
            } catch (InvalidCipherTextException e) {
                out.println("refused");
            }
        }

        out.flush();
    }

    private static byte[] octets(String hex) {
        return hex.equals(".") ? new byte[0] : Hex.decode(hex);
    }
}
