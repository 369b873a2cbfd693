// Cancels a statement of sqlite-jdbc from another thread, while the service is silent.
import java.sql.*;
import org.sqlite.SQLiteConfig;

public class Cancel {
  public static void main(String[] arguments) throws Exception {
    SQLiteConfig settings = new SQLiteConfig();
    settings.enableLoadExtension(true);
    try (Connection db = settings.createConnection("jdbc:sqlite::memory:"); Statement jobs = db.createStatement()) {
      jobs.execute("SELECT load_extension('libswr_sync_job')");
      Thread impatient = new Thread(() -> {
        try {
          Thread.sleep(1000);
          jobs.cancel();
        } catch (Exception error) {
          System.out.println(error);
        }
      });
      impatient.start();
      try {
        jobs.executeQuery("SELECT tag FROM swr_sync_job WHERE image = 'group/busybox' LIMIT 1");
      } catch (SQLException error) {
        System.out.println(error.getMessage());
      }
    }
  }
}
