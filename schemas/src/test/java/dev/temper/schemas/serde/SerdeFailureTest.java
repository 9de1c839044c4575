package dev.temper.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.stream.Stream;
import org.apache.avro.AvroTypeException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The shapes in which Confluent's serdes fail; those of the built-in ones are in the contract test. */
class SerdeFailureTest {

    /** Stands for Confluent's exception of that name: checked, with these two methods. */
    public static final class RestClientException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final int errorCode;

        RestClientException(int status, int errorCode) {
            this.status = status;
            this.errorCode = errorCode;
        }

        public int getStatus() {
            return status;
        }

        public int getErrorCode() {
            return errorCode;
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new SerializationException("bad"), SerdeFailure.UNREADABLE_RECORD),
                Arguments.of(serialization(new EOFException()), SerdeFailure.UNREADABLE_RECORD),
                Arguments.of(serialization(new AvroTypeException("x")), SerdeFailure.UNREADABLE_RECORD),
                Arguments.of(new java.nio.BufferUnderflowException(), SerdeFailure.UNREADABLE_RECORD),
                Arguments.of(serialization(new ConnectException()), SerdeFailure.REGISTRY_UNAVAILABLE),
                Arguments.of(serialization(new IOException("reset")), SerdeFailure.REGISTRY_UNAVAILABLE),
                Arguments.of(new TimeoutException("slow"), SerdeFailure.REGISTRY_UNAVAILABLE),
                Arguments.of(serialization(new RestClientException(500, 50001)), SerdeFailure.REGISTRY_UNAVAILABLE),
                Arguments.of(serialization(new RestClientException(404, 40403)), SerdeFailure.UNKNOWN_SCHEMA),
                Arguments.of(serialization(new RestClientException(404, 404)), SerdeFailure.REGISTRY_REFUSED),
                Arguments.of(serialization(new RestClientException(401, 40101)), SerdeFailure.REGISTRY_REFUSED),
                Arguments.of(new InvalidConfigurationException("Unauthorized"), SerdeFailure.REGISTRY_REFUSED));
    }

    private static SerializationException serialization(Throwable cause) {
        return new SerializationException("Error deserializing", cause);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldTellWhoseFaultItIs(Throwable failure, SerdeFailure expected) {
        assertThat(SerdeFailure.of(failure)).isEqualTo(expected);
    }
}
